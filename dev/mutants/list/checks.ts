import { guards, type Area } from '../mutant.ts';

const roots = 'signer/rulings/sigstore-roots/sigstore-roots.test.ts';

/** The signer’s checks, and the key holder’s own. */
export const checks: Area = {
  name: 'checks',
  mutants: [
    ...guards('scripts/conflict-markers.mjs', 'scripts/conflict-markers.test.ts', [
      ['^(<{7}|>{7}|[|]{7})( |$)', '^(>{7}|[|]{7})( |$)', 'finds marks of an unfinished merge'],
      ['^(<{7}|>{7}', '(<{7}|>{7}', 'finds marks of an unfinished merge'],
    ]),
    ...guards('signer/daemon/checks/inspection.ts', 'signer/daemon/checks/inspection.test.ts', [
      [
        'if (report.sha256 !== stored.sha256) {',
        'if (false) {',
        'about other bytes than were received is rejected',
      ],
    ]),
    ...guards('signer/daemon/signing/refused.ts', 'signer/daemon/signing/refused.test.ts', [
      [
        "error.code !== 'INSPECTOR_NOT_REWRITABLE'",
        "error.code === 'INSPECTOR_NOT_REWRITABLE'",
        'an artifact that can’t be put together around its signatures is refused',
      ],
    ]),
    ...guards('signer/daemon/checks/inspection-facts.ts', 'signer/daemon/checks/inspection-facts.test.ts', [
      [
        'if (!whole || report.tree.length > entriesMax)',
        'if (!whole)',
        'includes every entry, up to two thousand',
      ],
      ['if (!whole || report', 'if (report', 'includes no list if the archive couldn’t be read completely'],
      [
        'return JSON.stringify(entries).length > charactersMax ? null : entries;',
        'return entries;',
        'includes no list that would make the entry too large, however few entries there are',
      ],
    ]),
    ...guards('signer/daemon/checks/origin.ts', 'signer/daemon/checks/origin.test.ts', [
      [
        'if (stored.sha256 !== request.bundleSha256) {',
        'if (false) {',
        'isn’t read if the store has other bytes than were submitted',
      ],
      [
        'if (unenforceable.length > 0) {',
        'if (false) {',
        'is refused for runner, even if a snapshot contains it',
      ],
      ['if (mismatch !== null) {', 'if (false) {', 'a policy is refused whose origin is of another provider'],
    ]),
    ...guards('signer/rulings/sigstore-roots/roots.ts', 'signer/daemon/checks/origin.test.ts', [
      [
        'if (found !== undefined) return',
        'if (true) return',
        'waits if the signer has no trust root for the build system',
      ],
    ]),
    ...guards('signer/rulings/sigstore-roots/roots.ts', roots, [
      [
        '|| time < one.beganAt - futureMax',
        '',
        'is looked at anew by the same signer once a clock that ran ahead is right',
      ],
      ['age > staleDays * day || ', '', 'older than the policy allows holds requests up'],
      [
        'AbortSignal.timeout(lookSeconds * 1000)',
        'AbortSignal.timeout(lookSeconds * 1_000_000)',
        'that never answers replaces nothing',
      ],
      [' || age < -futureMax', '', 'confirmed in the future counts for nothing'],
      [
        'if (cached?.sha256 === known.sha256 && cached.kind === tuf.kind) return cached.root;',
        'if (cached?.sha256 === known.sha256) return cached.root;',
        'can’t make a signer believe a root of another kind',
      ],
      [
        "throw new Unavailable(\n        'policy',\n        `the trust root of the build system ${name} can’t be read",
        "return null;\n      throw new Unavailable(\n        'policy',\n        `the trust root of the build system ${name} can’t be read",
        'whose record is damaged in its shape holds requests up',
      ],
    ]),
    ...guards('signer/rulings/sigstore-roots/fetch-root.ts', roots, [
      [
        'const before = known ?? { root: tuf.root };',
        'const before = { root: tuf.root };',
        'that goes back to older metadata replaces nothing',
      ],
      [
        'parseTrustRoot(JSON.parse(trustedRoot), tuf.kind);',
        '',
        'with a trust root that names no authority replaces nothing',
      ],
    ]),
    ...guards('signer/rulings/sigstore-roots/known-root.ts', roots, [
      [
        'canonicalJson({ mirror, target, root })',
        'canonicalJson({ mirror, target })',
        'isn’t believed from another',
      ],
      [
        'if (sha256Of(outer.contents) !== outer.sha256)',
        'if (false)',
        'whose record is damaged in a value alone holds requests up',
      ],
    ]),
    ...guards('signer/rulings/sigstore-roots/mirror.ts', roots, [
      ["redirect: 'error',", '', 'that sends the client elsewhere replaces nothing'],
      ['size > lengthMax || ', '', 'that sends more than a file may have replaces nothing'],
      [' || left < 0', '', 'sends no more in all than a repository has'],
    ]),
    ...guards('signer/daemon/scan/scan-database.ts', 'signer/daemon/checks/scan.test.ts', [
      [
        'if (ageHours <= input.databaseAgeHoursMax) {',
        'if (true) {',
        'decides nothing while the scanner’s database is old or missing',
      ],
      [
        'if (input.developmentDatabase) {',
        'if (true) {',
        'decides nothing while the scanner’s database is old or missing',
      ],
    ]),
    ...guards('signer/daemon/intake/with-current-keys.ts', 'signer/daemon/intake/with-current-keys.test.ts', [
      [
        'return keys.current() === known ? found : judge();',
        'return found;',
        'that was issued a moment ago is not refused',
      ],
      ['throw new Unavailable(', 'return found; new Unavailable(', 'waits where the registry can’t be read'],
    ]),
    ...guards('signer/rulings/trust/signing-keys.ts', 'signer/daemon/intake/with-current-keys.test.ts', [
      [
        'await before();',
        '',
        'that was issued a moment ago is not refused: the registry is read again, and the key holder has it before',
      ],
      ['last.then(look)', 'look()', 'one of many at once is not refused, and the key holder is started once'],
    ]),
    ...guards('signer/daemon/checks/policy.ts', 'signer/daemon/checks/policy.test.ts', [
      ['entry.purpose === purpose &&', '', 'that serves another purpose signs nothing'],
      [
        'candidate.entry.project === request.project && candidate.entry.name === name',
        'candidate.entry.name === name',
        'that is another project’s signs nothing',
      ],
      [
        'isIssuedFor(candidate) && isInUse(candidate, now) &&',
        'isIssuedFor(candidate) &&',
        'isn’t valid at 2027-02-01T00:00:01Z, and signs nothing then',
      ],
    ]),
    ...guards('signer/inspector/unopened-finding.ts', 'signer/daemon/checks/scan.test.ts', [
      [
        "if (content.closedCount === 0 || typeof opaque === 'string') return null;",
        'return null;',
        'refuses what the inspector could not open, though clamd calls it clean, and says how to declare it',
      ],
    ]),
    ...guards('signer/keyholder/token/fips.ts', 'signer/keyholder/token/fips.test.ts', [
      ['if (protection?.protected === false) {', 'if (false) {', 'refuses a key that can leave'],
      [
        'if (bits < rsaBitsMin || bits % 2 !== 0) return',
        'if (bits % 2 !== 0) return',
        'refuses RSA of 2048 bits',
      ],
      ['if (!approvedSignatures.has(name)) {', 'if (false) {', 'refuses a certificate signed with SHA-1'],
    ]),
    ...guards('signer/keyholder/holder/journal.ts', 'signer/keyholder/holder/journal.test.ts', [
      [
        'if (size === expected && there?.ino === ino) return;',
        'if (there?.ino === ino) return;',
        'refuses to append when another process wrote to the file',
      ],
    ]),
    ...guards('signer/keyholder/segments/read-records.ts', 'signer/keyholder/holder/journal.test.ts', [
      [
        'if (record.sequence !== head.sequence + 1 || record.previous !== head.sha256)',
        'if (record.sequence !== head.sequence + 1)',
        'refuses to open with a changed signature, naming the line',
      ],
    ]),
    ...guards('signer/keyholder/holder/rate-limit.ts', 'signer/keyholder/holder/sign-grant.test.ts', [
      [
        'oldest !== undefined && taken.length >= signaturesPerMinuteMax',
        'false',
        'is refused over the rate limit, towards which recorded answers don’t count',
      ],
    ]),
    ...guards('signer/daemon/scan/canaries.ts', 'signer/daemon/scan/proven-scanner.clamd.test.ts', [
      [
        "    found('EICAR in a PDF', tinyPdf(eicar), 'set ScanPDF yes in clamd.conf'),\n",
        '',
        'is not used with ScanPDF no',
      ],
      [
        "    found('EICAR in a mail', tinyMail(eicar), 'set ScanMail yes in clamd.conf'),\n",
        '',
        'is not used with ScanMail no',
      ],
    ]),
  ],
};
