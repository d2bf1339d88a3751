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
    ...guards('signer/ground/journal/anchor.ts', 'signer/ground/journal/anchor.db.test.ts', [
      [
        '    checkNotShorter(before?.keyHolder ?? null, keyHolder);\n',
        '',
        'refuses a keyholder’s journal that was replaced while the signer ran by one with fewer records',
      ],
    ]),
    ...guards('signer/keyholder/holder/journal.ts', 'signer/keyholder/holder/journal.test.ts', [
      [
        'if (there?.ino === own.ino) return;',
        'return;',
        'notices that its file was removed while it is open, before anything is to be signed',
      ],
    ]),
    ...guards('signer/keyholder/holder/journal.ts', 'signer/keyholder/holder/full-disk.process.test.ts', [
      [
        'await this.#takeBack(this.#torn).catch(() => undefined);',
        'this.#torn = null;',
        'answers for nothing that isn’t on disk, keeps its chain, and goes on by itself once there is room',
      ],
    ]),
    ...guards('signer/daemon/rooms/open-rooms.ts', 'signer/daemon/rooms/open-rooms.process.test.ts', [
      [
        'await tryToWrite(path.join',
        'void (path.join',
        'a full file system is found by writing to it, named with its folder, code and what to do',
      ],
    ]),
    ...guards('signer/daemon/intake/may-take.ts', 'signer/daemon/intake/may-take.test.ts', [
      [
        'if (rooms.problem() !== null) return false;',
        '',
        'a signer that can’t write takes nothing until it can',
      ],
    ]),
    ...guards('signer/daemon/intake/final-check.ts', 'signer/daemon/intake/final-check.test.ts', [
      [
        '  checkStillValid(governing, approval, context.now());\n',
        '',
        'signs nothing once the certificate has ended, and says which and when',
      ],
    ]),
    ...guards('signer/daemon/intake/still-valid.ts', 'signer/daemon/intake/final-check.test.ts', [
      [
        'if (valid.length >= effective.quorum) return;',
        'return;',
        'signs nothing once an approval that is needed has ended: one of two',
      ],
    ]),
    ...guards('signer/ground/durable-file/index.ts', 'signer/ground/durable-file/full-disk.process.test.ts', [
      [
        'await rm(temporary, { force: true }).catch(() => undefined);',
        '',
        'a small file keeps its contents on a full disk, nothing half written stays beside it',
      ],
    ]),
    ...guards('signer/inspector/unpackers/unpack.ts', 'signer/inspector/unpackers/unpack.oracle.test.ts', [
      [
        'await checkRoom(folder, bytes, { name, said: extracted.text });',
        '',
        'is said nothing of: the disk is at fault, whatever the program says',
      ],
    ]),
    ...guards('signer/daemon/released/keep-checking.ts', 'signer/daemon/released/keep-checking.db.test.ts', [
      ['completed % rows.length', '0', 'are found though more has to be read than a round may'],
    ]),
    ...guards('signer/ground/journal/newest-given.ts', 'signer/reconcile/reconcile.db.test.ts', [
      [
        ".digest('hex') === signatureSha256,",
        ".digest('hex') !== '',",
        'notices a keyholder’s journal that was set back together with the anchor, by what the database says it gave: it has another signature under the same grant',
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
