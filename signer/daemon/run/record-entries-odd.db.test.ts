/** Entries about requests where the database isn't as this process left it: older signers beside it, a backup, rows that are gone. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { behindLock, mutexLock } from '../../../dev/test/held-lock.ts';
import { testDatabase } from '../../../dev/test/index.ts';
import { parseRequestId } from '#core/ids/index.ts';
import { requestDenied } from '#core/wire/journal/index.ts';
import { openDatabase, type Database } from '../../ground/database/index.ts';
import { appendAll, entriesOf, newestEntry, verifyJournal } from '../../ground/journal/index.ts';
import { leased } from '../turns/lease.fixture.ts';
import { holdLease, type Lease } from '../turns/index.ts';
import { recordEntries } from './record-entries.ts';

describe('entries about requests', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  /** That of another process. */
  let other: Database;
  let owner: pg.Client;
  beforeAll(async () => {
    urls = await testDatabase();
    [database, other] = [
      openDatabase(urls.signer, () => undefined),
      openDatabase(urls.signer, () => undefined),
    ];
    owner = new pg.Client({ connectionString: urls.owner });
    await owner.connect();
  });
  beforeEach(() => changed('TRUNCATE signer.journal'));
  afterAll(async () => {
    await owner.end();
    await Promise.all([database.close(), other.close()]);
    await urls.release();
  });

  /** The journal refuses it of everybody but whoever owns the table. */
  const changed = (sql: string): Promise<unknown> =>
    owner.query(
      `BEGIN; ALTER TABLE signer.journal DISABLE TRIGGER USER; ${sql}; ALTER TABLE signer.journal ENABLE TRIGGER USER; COMMIT`,
    );
  const newLease = (): Promise<Lease> => leased(database, parseRequestId(randomUUID()));
  const denied = ({ requestId }: Lease, summary: string) => ({
    requestId,
    event: requestDenied({ pass: 1, step: 'policy', summary }),
  });
  const record = (
    lease: Lease,
    summaries: readonly string[] = ['one'],
    on: Pick<Database, 'query'> = database,
  ) =>
    recordEntries(on as Database, {
      lease,
      at: new Date(),
      entries: summaries.map((summary) => denied(lease, summary)),
      state: null,
    });
  /** As versions before wrote a step: lease and lock in a transaction of several statements. */
  const recordAsBefore = (lease: Lease): Promise<unknown> =>
    other.transaction(async (transaction) => {
      await holdLease(transaction, lease);
      return appendAll(transaction, new Date(), [denied(lease, 'before')]);
    });
  const lengths = async ({ requestId }: Lease): Promise<readonly number[]> =>
    (await entriesOf(database, requestId)).map(({ body }) => body.length);

  it('are one chain with those of a signer of the version before, at the same time', async () => {
    const leases = await Promise.all(Array.from({ length: 12 }, newLease));
    const written = await Promise.all(
      leases.map(async (lease, index) =>
        index % 2 === 0 ? recordAsBefore(lease).then(() => true) : record(lease),
      ),
    );
    for (const [index, lease] of leases.entries())
      expect(await lengths(lease)).toHaveLength(written[index] === true ? 1 : 0);
    expect(await verifyJournal(database)).toMatchObject({ intact: true });
  });

  it('go behind what a restored backup has, and the chain by itself says nothing: the signer’s memory does', async () => {
    const lease = await newLease();
    await record(lease, ['one', 'two', 'three']);
    const remembered = await newestEntry(database);
    await changed('DELETE FROM signer.journal WHERE seq > 1');
    expect(await record(lease, ['after'])).toBe(true);
    expect(await lengths(lease)).toHaveLength(2);
    expect(await verifyJournal(database)).toMatchObject({ intact: true });
    expect((await newestEntry(database))?.seq).not.toBe(remembered?.seq);
    await changed('TRUNCATE signer.journal');
    expect(await record(lease, ['first again'])).toBe(true);
    expect(await verifyJournal(database)).toMatchObject({ intact: true });
  });

  it('hide no entry that was removed before them', async () => {
    const lease = await newLease();
    await record(lease, ['one', 'two', 'three']);
    await changed('DELETE FROM signer.journal WHERE seq = (SELECT min(seq) + 1 FROM signer.journal)');
    expect(await record(lease, ['four'])).toBe(true);
    expect(await verifyJournal(database)).toMatchObject({ intact: false });
  });

  it('aren’t written where the database ends the statement that waits for the lock, and are the next time', async () => {
    const lease = await newLease();
    await record(lease);
    const hasty: Database['query'] = (text, values = []) =>
      database.transaction(async (transaction) => {
        await transaction.query(`SET LOCAL lock_timeout = '100s'`);
        await transaction.query(`SET LOCAL statement_timeout = '300ms'`);
        return (await transaction.query(text, [...values])).rows as unknown[];
      });
    const lasting = { ...mutexLock('journal'), meanwhile: () => late.catch(() => undefined) };
    let late: Promise<unknown> = Promise.resolve();
    const [ended] = await behindLock(
      urls.owner,
      lasting,
      () => (late = record(lease, ['late'], { query: hasty })),
    );
    expect(ended).toMatchObject({ status: 'rejected', reason: { code: 'DATABASE_UNAVAILABLE' } });
    expect(await lengths(lease)).toHaveLength(1);
    expect(await record(lease, ['late'])).toBe(true);
    expect(await verifyJournal(database)).toMatchObject({ intact: true });
  });

  it('may have bodies of a megabyte', async () => {
    const lease = await newLease();
    const long = 'ä'.repeat(1024 * 1024);
    expect(await record(lease, [long, 'short', long])).toBe(true);
    const [first = 0, second = 0, third = 0] = await lengths(lease);
    expect([first > long.length, second < 200, third > long.length]).toEqual([true, true, true]);
    expect(await verifyJournal(database)).toMatchObject({ intact: true });
  });
});
