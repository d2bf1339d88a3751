import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { behindLock, mutexLock, patientDatabase } from '../../../dev/test/held-lock.ts';
import { testDatabase } from '../../../dev/test/index.ts';
import { parseRequestId } from '#core/ids/index.ts';
import { requestDenied } from '#core/wire/journal/index.ts';
import { openDatabase, type Database } from '../../ground/database/index.ts';
import { append, entriesOf, verifyJournal } from '../../ground/journal/index.ts';
import { readState, type RequestState } from '../requests/index.ts';
import { leased } from '../turns/lease.fixture.ts';
import { LeaseLost, type Lease } from '../turns/index.ts';
import { recordEntries } from './record-entries.ts';

const state: RequestState = {
  status: 'checking',
  step: 'policy',
  pass: 1,
  policyCommit: null,
  sourceCommit: null,
  summary: 'A sentence with a NUL: \0.',
  retryAt: null,
  retries: 0,
  decisionsCounted: 0,
};

describe('entries about a request in one statement', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  /** As another signer has it. */
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
  afterAll(async () => {
    await owner.end();
    await Promise.all([database.close(), other.close()]);
    await urls.release();
  });

  const newLease = (): Promise<Lease> => leased(database, parseRequestId(randomUUID()));
  const denied = (lease: Lease, summary: string) => ({
    requestId: lease.requestId,
    event: requestDenied({ pass: 1, step: 'policy', summary }),
  });
  const record = (
    lease: Lease,
    {
      on = database,
      summaries = ['one'],
      changes = state,
    }: {
      readonly on?: Database;
      readonly summaries?: readonly string[];
      readonly changes?: RequestState | null;
    } = {},
  ) =>
    recordEntries(on, {
      lease,
      at: new Date(),
      entries: summaries.map((summary) => denied(lease, summary)),
      state: changes,
    });
  const summaries = async ({ requestId }: Lease): Promise<readonly unknown[]> =>
    (await entriesOf(database, requestId)).map(
      ({ body }) => (JSON.parse(body) as { readonly summary: unknown }).summary,
    );
  const someoneAppends = async (): Promise<void> => {
    const lease = await newLease();
    await other.transaction((transaction) => append(transaction, new Date(), denied(lease, 'between')));
  };
  const isIntact = async () => expect(await verifyJournal(database)).toMatchObject({ intact: true });

  it('are all written, in order, with the state', async () => {
    const lease = await newLease();
    expect(await record(lease, { summaries: ['one', 'two'] })).toBe(true);
    expect(await summaries(lease)).toEqual(['one', 'two']);
    expect(await readState(database, lease.requestId)).toEqual({ status: 'checking', pass: 1, retries: 0 });
    await isIntact();
  });

  it('follow the newest entry, whoever wrote it, however many write at once', async () => {
    const leases = await Promise.all(Array.from({ length: 16 }, newLease));
    await someoneAppends();
    const recorded = await Promise.all(
      leases.map((lease, index) => record(lease, { on: index % 2 === 0 ? database : other })),
    );
    // What a faster signer kept from being written wasn't written at all.
    for (const [index, lease] of leases.entries())
      expect(await summaries(lease)).toEqual(recorded[index] === true ? ['one'] : []);
    expect(recorded).toContain(true);
    await isIntact();
  });

  it('wait for who has the lock, and follow what was written under it', async () => {
    const [lease, before] = [await newLease(), await newLease()];
    const patient = patientDatabase(database);
    const query: Database['query'] = (text, values = []) =>
      patient.transaction(
        async (transaction) => (await transaction.query(text, [...values])).rows as unknown[],
      );
    const meanwhile = (holder: pg.Client) => append(holder, new Date(), denied(before, 'before'));
    const waits = () => record(lease, { on: { ...patient, query } });
    const [ended] = await behindLock(urls.owner, { ...mutexLock('journal'), meanwhile }, waits);
    expect(ended).toEqual({ status: 'fulfilled', value: true });
    expect(await summaries(lease)).toEqual(['one']);
    await isIntact();
  });

  it('are left to a transaction where another signer is faster each time', async () => {
    const lease = await newLease();
    const query: Database['query'] = async (text, values) => {
      await someoneAppends();
      return database.query(text, values);
    };
    expect(await record(lease, { on: { ...database, query } })).toBe(false);
    expect([await summaries(lease), await readState(database, lease.requestId)]).toEqual([[], null]);
  });

  it('aren’t written once the lease is lost', async () => {
    const lease = await newLease();
    await leased(database, lease.requestId);
    await expect(record({ ...lease, owner: 'another/2' })).rejects.toBeInstanceOf(LeaseLost);
    expect([await summaries(lease), await readState(database, lease.requestId)]).toEqual([[], null]);
  });

  it('aren’t written without the state that goes with them', async () => {
    const lease = await newLease();
    await expect(record(lease, { changes: { ...state, pass: NaN } })).rejects.toThrow(/null value/);
    expect(await summaries(lease)).toEqual([]);
    // The next ones are not kept from being written.
    expect(await record(lease, { changes: null })).toBe(true);
    expect(await readState(database, lease.requestId)).toBeNull();
  });

  it('aren’t written while there is nothing to lock', async () => {
    const lease = await newLease();
    await owner.query(`DELETE FROM signer.mutex WHERE name = 'journal'`);
    await expect(record(lease)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await owner.query(`INSERT INTO signer.mutex VALUES ('journal')`);
    expect(await summaries(lease)).toEqual([]);
  });

  it('are written by no other role', async () => {
    const portal = new pg.Client({ connectionString: urls.portal });
    await portal.connect();
    const asks = portal.query(
      `SELECT * FROM signer.record_entries(gen_random_uuid(), '', 1, NULL, '{}', '{}', '{}', '{}', '{}', '{}', NULL)`,
    );
    await expect(asks).rejects.toThrow(/permission denied/);
    const saves = portal.query(`SELECT signer.save_request_state(gen_random_uuid(), '{}')`);
    await expect(saves).rejects.toThrow(/permission denied/);
    await portal.end();
  });
});
