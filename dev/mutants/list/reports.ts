import { guards, type Area } from '../mutant.ts';

/** What inspection reports say of files, and what gets signed of them. */
export const reports: Area = {
  name: 'reports',
  mutants: [
    ...guards('lib/core/inspection-report/make-report.ts', 'lib/core/inspection-report/make-report.test.ts', [
      [
        "found.outcome === 'not-scanned' && found.coverable && covered",
        "found.outcome === 'not-scanned' && covered",
        'never calls a file scanned that the scanner didn’t see',
      ],
      [
        'covered: content.covered && content.closedCount === 0',
        'covered: content.covered',
        'never calls a file scanned that the scanner didn’t see',
      ],
    ]),
    ...guards('lib/core/formats/existing-signature.ts', 'signer/inspector/upstream.oracle.test.ts', [
      [
        "standing === 'verified' && !strongHashes",
        'false && !strongHashes',
        'that nobody asked about is told of, and called verified by nobody',
      ],
    ]),
    ...guards('signer/daemon/report/sign-reports.ts', 'signer/daemon/audit/audit.hsm.test.ts', [
      [
        "  throw new RangeError('the journal names no such report');\n",
        "  return { entry: { seq: '1', hash: sha256 }, entries: 0 };\n",
        'are not signed where the journal names none, or the store has another document',
      ],
      [' AND NOT (${isBeforeScan})', '', 'are not signed before the scan, nor complained of'],
      [
        '|| found.sha256 !== sha256',
        '',
        'are not signed where the journal names none, or the store has another document',
      ],
    ]),
    ...guards(
      'signer/daemon/report/remove-entries.ts',
      'lib/inspection-reports/inspection-reports.db.test.ts',
      [
        [
          ` AND report.made_at < $1`,
          ` AND $1::timestamptz IS NOT NULL`,
          'is searched for half a year, and for as long as something is decided or compared by it',
        ],
        [
          `state.status IN ('completed', 'denied', 'failed')`,
          `true`,
          'is searched for half a year, and for as long as something is decided or compared by it',
        ],
        [
          `(later.released_at, later.request_id) > (own.released_at, own.request_id)`,
          `true`,
          'is searched for half a year, and for as long as something is decided or compared by it',
        ],
      ],
    ),
    ...guards('cli/report.ts', 'cli/report.test.ts', [
      ['document.sha256 !== statement.sha256 || ', '', 'refuses '],
      ['if (sha256 !== statement.artifactSha256)', 'if (false)', 'refuses '],
      ['if (statement === null)', 'if (false)', 'refuses '],
    ]),
    ...guards('signer/daemon/report/sign-reports.ts', 'signer/daemon/audit/audit.hsm.test.ts', [
      ['await failed(ports, row);', '', 'that can’t be signed wait behind those that can'],
    ]),
    ...guards('signer/inspector/protocol.ts', 'signer/inspector/protocol.test.ts', [
      ['await setImmediate();', '', 'other work is done while an answer of thousands of records is parsed'],
      ['Object.keys(value).length !== 2', 'false', 'a long answer is refused that has'],
      [
        '?.sizeBytes ?? stated) === stated',
        '?.sizeBytes ?? stated) >= 0',
        'a long answer is refused that has',
      ],
    ]),
    ...guards('lib/core/inspection-report/make-report.ts', 'lib/core/inspection-report/make-report.test.ts', [
      [
        'if (made.length % filesAtOnce === 0) yield;',
        '',
        'is made in steps of a few hundred files, with the same outcome',
      ],
    ]),
    ...guards('lib/core/inspection-report/tree.ts', 'lib/core/inspection-report/make-report.test.ts', [
      [
        'if (position % filesAtOnce === 0) yield;',
        '',
        'is made in steps of a few hundred files, with the same outcome',
      ],
    ]),
  ],
};
