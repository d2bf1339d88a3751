import { guards, type Area } from '../mutant.ts';

/** What is lost or set back isn't taken for innocence: register of revocations, journal, lists. */
export const damage: Area = {
  name: 'damage',
  mutants: [
    ...guards('signer/rulings/revocations/register.ts', 'signer/daemon/open-register.db.test.ts', [
      [
        'if (found === null && shortfalls.length > 0) {',
        'if (false) {',
        'never takes up work with a register of its own that is new',
      ],
      [
        '    if (shortfalls.length > 0) {\n',
        '    if (false) {\n',
        'keeps the signer from starting where an older copy was put back',
      ],
      ['    await this.#followOthers();\n', '', 'hears of what another one learned without a new start'],
      [
        'if (forgotten.length > 0) await onLearned(forgotten);',
        '',
        'writes into the journal what a crash kept out of it',
      ],
    ]),
    ...guards('signer/ground/journal/anchor.ts', 'signer/ground/journal/anchor.db.test.ts', [
      [
        'else await checkEntry(remembered);',
        '',
        'refuses a database that was restored from a backup, and one whose entries are others',
      ],
      ['    await compareKeyHolder(remembered);\n', '', 'knows what was signed since it was written'],
      ['    await compareAccepted(remembered);\n', '', 'doesn’t go back to an older policy'],
    ]),
    ...guards('signer/rulings/emergency-stop/state.ts', 'signer/rulings/emergency-stop/state.test.ts', [
      ['locks.has(one.entry.lock)', 'locks !== null', 'is lifted by the key of that very stop'],
    ]),
    ...guards('signer/rulings/emergency-stop/watch.ts', 'signer/rulings/emergency-stop/state.test.ts', [
      [
        'if (state.revision < revision)',
        'if (false)',
        'keeps everybody waiting when an older one is put back',
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
        'stays revoked when a later policy drops it',
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
