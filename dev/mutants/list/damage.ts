import { guards, type Area } from '../mutant.ts';

/** What is lost or set back isn't taken for innocence: register of revocations, journal, lists. */
export const damage: Area = {
  name: 'damage',
  mutants: [
    ...guards('signer/rulings/revocations/register.ts', 'signer/daemon/open-register.db.test.ts', [
      [
        'if (found === null && shortfalls.length > 0) {',
        'if (false) {',
        'never starts work with an empty register if the others know revocations',
      ],
      [
        '    if (shortfalls.length > 0) {\n',
        '    if (false) {\n',
        'keeps the signer from starting if an older copy was restored',
      ],
      ['    await this.#followOthers();\n', '', 'learns what another one learned without a restart'],
      [
        'if (forgotten.length > 0) await onLearned(forgotten);',
        '',
        'adds to the journal what a crash kept out of it',
      ],
    ]),
    ...guards('signer/ground/journal/anchor.ts', 'signer/ground/journal/anchor.db.test.ts', [
      [
        'else await checkEntry(remembered);',
        '',
        'refuses a database that was restored from a backup, and one whose entries are others',
      ],
      ['    await compareKeyHolder(remembered);\n', '', 'knows what was signed after it was written'],
      [
        'if (given !== null && !(await keyHolderGave(keyHolderJournal, given))) {',
        'if (false) {',
        'refuses a keyholder’s journal that was set back together with the anchor',
      ],
      [
        '    await compareAccepted(remembered);\n',
        '',
        'doesn’t return to an older policy if the file of the accepted one was lost or rolled back',
      ],
    ]),
    ...guards('dev/crash-loop/count.ts', 'dev/crash-loop/count.test.ts', [
      ['if (digests.size > 1)', 'if (false)', 'counts two different ones for one place'],
      ['if (own.length > 1)', 'if (false)', 'counts one keyholder that signed twice'],
      ['({ sha256 }) => !left.logged.has(sha256)', '() => false', 'counts a signature that no entry names'],
    ]),
    ...guards('scripts/database/blocking.ts', 'scripts/database/blocking.db.test.ts', [
      ['if (now.file !== old.file)', 'if (false)', 'that rewrites is refused'],
      ['if (!old.indexes.has(name))', 'if (false)', 'that indexes is refused'],
      [
        '!excused.has(table)',
        'excused.size === 0',
        'that says why nobody waits for it passes, for that table alone',
      ],
    ]),
    ...guards('signer/rulings/emergency-stop/state.ts', 'signer/rulings/emergency-stop/state.test.ts', [
      ['locks.has(stop.entry.lock)', 'locks !== null', 'is lifted by the key of that very stop'],
    ]),
    ...guards('signer/rulings/emergency-stop/watch.ts', 'signer/rulings/emergency-stop/state.test.ts', [
      [
        'if (state.revision < revision)',
        'if (false)',
        'keeps all projects waiting when an older one is restored under a running signer',
      ],
    ]),
    ...guards(
      'signer/authorities/revocation/answers.ts',
      'signer/authorities/revocation/damage.hsm.test.ts',
      [
        [
          'await this.#checkRegistry(issued, revocations);',
          '',
          'gets no “unknown” for a certificate that the registry of keys has lost',
        ],
      ],
    ),
    ...guards('lib/certificates/revoked.ts', 'lib/certificates/revoked.db.test.ts', [
      [
        'const earlier = revocation.effectiveAt < old.effectiveAt;',
        'const earlier = true;',
        'remains revoked when a later policy drops it, names a later date or a milder reason',
      ],
    ]),
    ...guards('lib/signatures/releases.ts', 'lib/signatures/signatures.db.test.ts', [
      [
        'if (standing.state === judge(last).state) add',
        'if (standing.state !== null) add',
        'is revoked by one file signed after the date',
      ],
    ]),
    ...guards(
      'app/api/v1/requests/[id]/artifact/route.ts',
      'app/api/v1/requests/[id]/artifact/route.db.test.ts',
      [
        [
          'if (refused && !saysDespite(request)) {',
          'if (false) {',
          'signed at the date is refused to programs',
        ],
      ],
    ),
  ],
};
