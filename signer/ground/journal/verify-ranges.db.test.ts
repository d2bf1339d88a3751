import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import pg from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import { auditFileNames, formatDigest } from '#core/audit/index.ts';
import { noteKey, signNote } from '#core/pki/note/index.ts';
import { endOf, policyAccepted, stepFinished } from '#core/wire/journal/index.ts';
import { inspectionFinding } from '../../../lib/core/wire/journal/examples.fixture.ts';
import { testDatabase } from '../../../dev/test/index.ts';
import { openDatabase, type Database } from '../database/index.ts';
import { append, newestEntry, verifyJournal } from './index.ts';
import { checkpointOf, rangesAfter, verifyRange, verifyRanges } from './verify-ranges.ts';

describe('the journal, verified in ranges', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  beforeEach(async () => {
    urls = await testDatabase();
    database = openDatabase(urls.signer, () => undefined);
    for (let number = 0; number < 10; number += 1)
      await database.transaction((transaction) =>
        append(transaction, new Date(), {
          requestId: null,
          event: policyAccepted({ commit: String(number).repeat(40), parent: null, signers: [] }),
        }),
      );
    return async () => {
      await database.close();
      await urls.release();
    };
  });
  const all = async (after = 0n) => {
    const verdicts = [];
    for (const range of await rangesAfter(database, after, 3n))
      verdicts.push(await verifyRange(database, range));
    return verdicts;
  };
  /** What nobody with a role of a process can do. */
  const tamper = async (statement: string): Promise<void> => {
    const owner = new pg.Client({ connectionString: urls.owner });
    await owner.connect();
    await owner.query('ALTER TABLE signer.journal DISABLE TRIGGER USER');
    await owner.query(statement);
    await owner.end();
  };

  it('is whole where each range is, and ends where the journal ends', async () => {
    const verdicts = await all();
    expect(verdicts.map(({ intact }) => intact)).toEqual([true, true, true, true]);
    expect(verdicts.at(-1)).toMatchObject({ entries: 10, head: (await newestEntry(database))?.hash });
    expect(await all(8n)).toHaveLength(1);
  });

  it.each([
    ['an altered entry', `UPDATE signer.journal SET kind = 'x' WHERE seq = 5`, 5n],
    // The range behind it begins with a hash that the range before it doesn't come to.
    [
      'an entry at the end of a range with another hash',
      `UPDATE signer.journal SET entry_hash = repeat('a', 64) WHERE seq = 6`,
      6n,
    ],
    ['a missing entry at the end of a range', 'DELETE FROM signer.journal WHERE seq = 6', 6n],
    ['a missing entry in the middle of one', 'DELETE FROM signer.journal WHERE seq = 5', 5n],
  ])('is broken by %s', async (_, statement, seq) => {
    await tamper(statement);
    expect((await all()).find(({ intact }) => !intact)).toMatchObject({ intact: false, seq });
  });

  it('is broken where it ends before a range does, as when entries went away meanwhile', async () => {
    expect(await verifyRange(database, { after: 8n, last: 12n })).toMatchObject({ intact: false, seq: 11n });
  });

  describe('with an entry that repeats an earlier one', () => {
    const requests = [
      '0b7f8a52-0000-4000-8000-000000000001',
      '0b7f8a52-0000-4000-8000-000000000002',
    ] as const;
    const add = (requestId: string, event: ReturnType<typeof stepFinished>) =>
      database.transaction((transaction) => append(transaction, new Date(), { requestId, event }));
    const common = { step: 'scan', outcome: 'pass', durationMs: 1 } as const;
    const finds = (message: string) =>
      stepFinished({ ...common, pass: 1, findings: [{ ...inspectionFinding, message }] });
    const repeats = (entry: bigint, sha256: string) =>
      stepFinished({ ...common, pass: 2, same: { entry: entry.toString(), sha256 } });

    it('is whole where it repeats an earlier one of its request, in the same range or another', async () => {
      const found = await add(requests[0], finds('Clean.'));
      await add(requests[0], repeats(found.seq, endOf(found).found?.sha256 ?? ''));
      expect((await all()).every(({ intact }) => intact)).toBe(true);
      expect(await verifyJournal(database)).toMatchObject({ intact: true, entries: 12 });
      expect(await all(found.seq)).toMatchObject([{ intact: true, entries: 12 }]);
    });

    it.each([
      ['one of another request', 1, 11n, 'another request'],
      ['other findings', 0, 12n, 'found something else'],
      ['a later one', 0, 14n, 'not before it'],
      ['one that is no end of a step', 0, 10n, 'another request'],
    ] as const)(
      'is broken by one that repeats %s, although the chain holds',
      async (_, request, seq, said) => {
        const found = await add(requests[0], finds('Clean.'));
        await add(requests[0], finds('Clean, too.'));
        await add(requests[request], repeats(seq, endOf(found).found?.sha256 ?? ''));
        await add(requests[request], finds('Clean.'));
        const broken = { intact: false, seq: 13n, problem: expect.stringContaining(said) as string };
        expect(await verifyJournal(database)).toMatchObject(broken);
        expect((await all()).find(({ intact }) => !intact)).toMatchObject(broken);
      },
    );
  });

  it('is held to the hash of a signed digest where it is verified from there on', async () => {
    const pair = generateKeyPairSync('ed25519');
    const octets = (key: KeyObject) => key.export({ type: 'spki', format: 'der' }).subarray(-32);
    const key = noteKey('log', octets(pair.publicKey));
    const hash = 'a'.repeat(64);
    const digested = (writer: 'signer' | 'portal') =>
      auditFileNames(writer).map((name) => ({ name, sha256: hash, sizeBytes: 1, rows: 1 }));
    const text = formatDigest({
      number: 1,
      previous: null,
      exportId: '0b7f8a52-0000-4000-8000-000000000001',
      from: new Date(0),
      to: new Date(1000),
      signedAt: new Date(),
      journal: { first: '1', before: '0'.repeat(64), last: '4', head: hash },
      signer: digested('signer'),
      portal: digested('portal'),
    });
    const note = await signNote(text, key, (message) =>
      Promise.resolve(sign(null, message, pair.privateKey)),
    );
    const checkpoint = checkpointOf(note, key.verifierKey);
    expect(checkpoint).toEqual({ seq: 4n, head: hash });
    const verdict = await verifyRange(database, { after: 4n, last: 10n }, checkpoint.head);
    expect(verdict).toMatchObject({ intact: false, seq: 4n });
    const other = noteKey('log', octets(generateKeyPairSync('ed25519').publicKey));
    expect(() => checkpointOf(note, other.verifierKey)).toThrow();
  });

  it('in processes says the first break of all', async () => {
    const ranges = [
      { after: 0n, last: 3n },
      { after: 3n, last: 6n },
      { after: 6n, last: 9n },
    ];
    const program = (code: string) => ['-e', code, '--'];
    const whole = `console.log(JSON.stringify({ intact: true, entries: Number(process.argv.at(-1).split('-')[1]), head: 'b'.repeat(64) }))`;
    expect(await verifyRanges(ranges, program(whole), 2)).toMatchObject({ intact: true, entries: 9 });
    const broken = `const [after] = process.argv.at(-1).split('-'); console.log(JSON.stringify({ intact: false, seq: String(Number(after) + 1), problem: 'p' }))`;
    expect(await verifyRanges(ranges, program(broken), 2)).toMatchObject({ intact: false, seq: 1n });
    await expect(verifyRanges(ranges, program('process.exit(1)'), 2)).rejects.toThrow(/couldn't be verified/);
  });
});
