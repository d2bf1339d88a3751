import { guards, type Area } from '../mutant.ts';

const repeated = 'lib/core/wire/journal/repeated.test.ts';
const verified = 'signer/ground/journal/verify-ranges.db.test.ts';
const refused = 'is refused where it repeats';

/** Entries of the signer's journal that name what an earlier pass found. */
export const journal: Area = {
  name: 'journal',
  mutants: [
    ...guards('lib/core/wire/journal/repeated.ts', repeated, [
      ['if (same.seq >= entry.seq)', 'if (false)', refused],
      ['if (source?.seq !== same.seq)', 'if (false)', refused],
      ['if (source.requestId !== entry.requestId)', 'if (false)', refused],
      ['if (found.sha256 !== same.sha256)', 'if (false)', refused],
      ["own?.['step'] === found.step && own?.['outcome'] === found.outcome", 'true', refused],
      [
        "if (written === null || 'same' in written) return { seq, requestId, found: null };",
        'if (written === null) return { seq, requestId, found: null };',
        refused,
      ],
      [
        "new Set(['pass', 'durationMs', 'next', 'version', 'calls'])",
        "new Set(['pass', 'durationMs', 'next', 'version', 'calls', 'findings'])",
        'has a digest that pass, time and what follows don’t change, and everything else does',
      ],
    ]),
    ...guards('signer/ground/journal/index.ts', verified, [
      [
        'verdict.intact ? (watched.broken() ?? verdict) : verdict',
        'verdict',
        'is broken by one that repeats',
      ],
    ]),
    ...guards('signer/daemon/run/run.ts', 'signer/daemon/run/run.db.test.ts', [
      [
        "=> step === 'signing';",
        '=> false;',
        'gives signing an entry for its start, whatever it goes on from',
      ],
    ]),
    ...guards('lib/requests/journal-rows.ts', 'lib/requests/read-step.db.test.ts', [
      [
        'AND source.request_id = ${entry}.request_id',
        '',
        'shows of a step that repeats an earlier pass what that one found, and of no other request',
      ],
    ]),
  ],
};
