import { createHash } from 'node:crypto';
import { copyFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { testDatabase, testFolder } from '../../../dev/test/index.ts';
import {
  policyAccepted,
  signDone,
  signIntent,
  stepStarted,
  type RequestEvent,
} from '#core/wire/journal/index.ts';
import { signingFacts } from '../../../lib/core/wire/journal/examples.fixture.ts';
import { openDatabase, type Database } from '../database/index.ts';
import { KeyHolderJournal } from '../../keyholder/holder/journal.ts';
import { append, openAnchor, type JournalAnchor } from './index.ts';

const requestId = '0d1f6f0e-6c1b-4c5e-9a53-0e1a4a4f0001';
const id = (digit: string): string => digit.repeat(64);

describe('the signer’s memory of the journal', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let work: Awaited<ReturnType<typeof testFolder>>;
  let database: Database;
  let accepted: string | null = null;
  let stops: number | null = null;
  let anchor: JournalAnchor;
  const file = (): string => join(work.folder, 'anchor.json');
  const keyHolderJournal = (): string => join(work.folder, 'keyholder', 'journal.jsonl');
  const open = (port: Database = database): JournalAnchor =>
    openAnchor({
      database: port,
      file: file(),
      signer: 'one',
      keyHolderJournal: keyHolderJournal(),
      accepted: () => Promise.resolve(accepted),
      stops: () => Promise.resolve(stops),
    });

  beforeEach(async () => {
    urls = await testDatabase();
    work = await testFolder('anchor');
    database = openDatabase(urls.signer, () => undefined);
    [accepted, stops] = [null, null];
    anchor = open();
    await anchor.check();
    return async () => {
      await database.close();
      await urls.release();
      await work.release();
    };
  });

  const add = (event: RequestEvent = stepStarted({ pass: 1, step: 'received' })) =>
    database.transaction((poolClient) => append(poolClient, new Date(), { requestId, event }));
  /** Asks the keyholder's journal to take down that something is to be signed. */
  async function ask(grant: string): Promise<{ sequence: number; sha256: string }> {
    const journal = await KeyHolderJournal.open(keyHolderJournal(), new Date());
    await journal.append(
      {
        kind: 'intent',
        grantId: id(grant),
        slot: id('5'),
        purpose: 'release',
        keyLabel: 'widget.release',
        requestId,
        project: 'widget',
        artifactSha256: id('1'),
        leafPath: [],
        unsignedSha256: id('2'),
        toBeSignedSha256: id('3'),
        policyCommit: 'c'.repeat(40),
      },
      new Date(),
    );
    const head = journal.head();
    await journal.close();
    return head;
  }
  const damaged = (text: string) => ({
    code: 'JOURNAL_DAMAGED',
    message: expect.stringMatching(new RegExp(`${text}[\\s\\S]*npm run reconcile`)) as string,
  });

  it('follows the journal', async () => {
    await anchor.check();
    expect(await anchor.keep(null)).toBe('0');
    await add();
    expect(await anchor.keep(null)).toBe('1');
    await Promise.all([add(), anchor.keep(null), anchor.keep(null), anchor.keep(null)]);
    expect(await anchor.keep(null)).toBe('2');
    await open().check();
  });

  it('refuses a database that was restored from a backup, and one whose entries are others', async () => {
    await add();
    await anchor.keep(null);
    const older = await testDatabase();
    const restored = openDatabase(older.signer, () => undefined);
    try {
      await expect(open(restored).check()).rejects.toMatchObject(damaged('entry 1 is missing'));
      await expect(open(restored).keep(null)).rejects.toMatchObject(damaged('entry 1 is missing'));
      await restored.transaction((poolClient) =>
        append(poolClient, new Date(), {
          requestId: null,
          event: policyAccepted({ commit: 'c'.repeat(40), parent: null, signers: [] }),
        }),
      );
      await expect(open(restored).check()).rejects.toMatchObject(damaged('rewritten: entry 1 had hash'));
    } finally {
      await restored.close();
      await older.release();
    }
    await anchor.check();
  });

  it.each([
    ['is gone', () => rm(file()), 'is missing'],
    ['is empty', () => writeFile(file(), ''), 'can’t be read'],
    [
      'is cut short',
      async () => writeFile(file(), (await readFile(file(), 'utf8')).slice(0, 50)),
      'can’t be read',
    ],
  ])('treats nothing as intact if the file %s', async (_, damage, said) => {
    await add();
    await anchor.keep(null);
    await damage();
    await expect(anchor.check()).rejects.toMatchObject(damaged(said));
    // And doesn't write a new one over it.
    await expect(anchor.keep(null)).rejects.toMatchObject(damaged(said));
  });

  it('knows what was signed after it was written', async () => {
    await add();
    await anchor.keep(await ask('a'));
    await add(signIntent({ ...signingFacts, grantId: id('b') }));
    await ask('b');
    await open().check();
    await ask('c');
    await expect(open().check()).rejects.toMatchObject(damaged('keyholder.*asked to sign'));
  });

  it.each([
    ['together with the anchor, or to where the anchor had come', true],
    ['where the anchor knows of no keyholder yet', false],
  ])('refuses a keyholder’s journal that was set back %s', async (_, knows) => {
    await add();
    const asked = await ask('a');
    await anchor.keep(knows ? asked : null);
    if (!knows) await add(signIntent({ ...signingFacts, grantId: id('a') }));
    const [folder, backup] = [dirname(keyHolderJournal()), join(work.folder, 'backup')];
    await cp(folder, backup, { recursive: true });
    await ask('b');
    const journal = await KeyHolderJournal.open(keyHolderJournal(), new Date());
    await journal.append({ kind: 'signed', grantId: id('b'), signature: 'AQID' }, new Date());
    await journal.close();
    const signatureSha256 = createHash('sha256').update('AQID', 'base64').digest('hex');
    const claim = (slot: string, signer: string) =>
      database.query(
        `INSERT INTO signer.signature_claim (slot, request_id, grant_id, path, round, key_label, to_be_signed_sha256, is_repeatable,
             signer_id, claimed_at, signature_sha256, signed_at)
         VALUES ($1, $2, $1, '', 0, 'widget.release', $1, true, $3, now(), $4, now())`,
        [id(slot), requestId, signer, signatureSha256],
      );
    await add(signDone({ ...signingFacts, grantId: id('b'), signatureSha256 }));
    await claim('6', 'two');
    await rm(folder, { recursive: true });
    await cp(backup, folder, { recursive: true });
    // Another signer's keyholder gave it.
    await open().check();
    await claim('7', 'one');
    await expect(open().check()).rejects.toMatchObject(
      damaged(`truncated or replaced.*lacks the signature that it gave for request ${requestId}`),
    );
  });

  it.each([
    ['with fewer records', 'a'],
    ['with as many, and others', 'ab'],
  ])('refuses a keyholder’s journal that was replaced while the signer ran by one %s', async (_, grants) => {
    await add();
    for (const grant of ['c', 'd']) {
      await anchor.keep(await ask(grant));
      await add(signIntent({ ...signingFacts, grantId: id(grant) }));
    }
    await rm(dirname(keyHolderJournal()), { recursive: true });
    let head = null;
    for (const grant of grants) head = await ask(grant);
    await expect(anchor.keep(head)).rejects.toMatchObject(damaged('replaced while the signer ran'));
    // It stays so for whoever asks, and what was remembered isn't forgotten.
    await expect(anchor.check()).rejects.toMatchObject(damaged('truncated or replaced'));
    await expect(anchor.keep(null)).rejects.toMatchObject(damaged('truncated or replaced'));
  });

  it('records from the first start that it has begun: what is written before its next check is its own', async () => {
    await add();
    await open().check();
    expect(await open().keep(null)).toBe('1');
  });

  it('refuses an empty database beside a keyholder that has signed', async () => {
    await rm(file());
    await ask('a');
    await expect(anchor.check()).rejects.toMatchObject(damaged('journal is empty'));
  });

  it.each([
    ['lost', () => rm(keyHolderJournal()), 'isn’t there'],
    ['exchanged', () => writeFile(keyHolderJournal(), ''), 'truncated or replaced'],
    ['set back', () => copyFile(join(work.folder, 'older'), keyHolderJournal()), 'truncated or replaced'],
  ])('refuses a keyholder’s journal that was %s', async (_, damage, said) => {
    await mkdir(join(work.folder, 'keyholder'), { recursive: true });
    await add(signIntent({ ...signingFacts, grantId: id('a') }));
    await ask('a');
    await copyFile(keyHolderJournal(), join(work.folder, 'older'));
    await add(signIntent({ ...signingFacts, grantId: id('b') }));
    await anchor.keep(await ask('b'));
    await open().check();
    await damage();
    await expect(open().check()).rejects.toMatchObject(damaged(said));
  });

  it('doesn’t return to an older policy if the file of the accepted one was lost or rolled back', async () => {
    const [first, second] = ['a'.repeat(40), 'b'.repeat(40)];
    for (const commit of [first, second])
      await database.query(
        `INSERT INTO signer.accepted_snapshot (commit, signers, accepted_at) VALUES ($1, '{}', now())`,
        [commit],
      );
    await add();
    accepted = first;
    await anchor.keep(null);
    accepted = second;
    await open().check();
    await anchor.keep(null);
    accepted = first;
    await expect(open().check()).rejects.toMatchObject(damaged('rolled back'));
    [accepted, stops] = [null, null];
    await expect(open().check()).rejects.toMatchObject(damaged('is missing'));
    // One that was accepted a moment before the database was lost is told to it again.
    accepted = 'c'.repeat(40);
    await open().check();
  });

  it('doesn’t continue without the file of emergency stops, or with an older one', async () => {
    await add();
    stops = 3;
    await anchor.keep(null);
    for (const [found, said] of [
      [null, 'is missing'],
      [2, 'rolled back from revision'],
    ] as const) {
      stops = found;
      await expect(open().check()).rejects.toThrow(said);
    }
    stops = 4;
    await open().check();
  });
});
