import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { behindLock, mutexLock, patientDatabase } from '../../../dev/test/held-lock.ts';
import { testDatabase } from '../../../dev/test/index.ts';
import { requestDenied, stepStarted } from '#core/wire/journal/index.ts';
import { openDatabase, type Database } from '../database/index.ts';
import { append, entriesOf, firstStartOf, verifyJournal } from './index.ts';

describe('journal in PostgreSQL', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  const requestId = '0d1f6f0e-6c1b-4c5e-9a53-0e1a4a4f0001';
  beforeAll(async () => {
    urls = await testDatabase();
    database = openDatabase(urls.signer, () => undefined);
  });
  afterAll(async () => {
    await database.close();
    await urls.release();
  });

  const deed = (summary: string) =>
    ({ requestId, event: requestDenied({ pass: 1, step: 'policy', summary }) }) as const;
  const add = (summary: string) =>
    database.transaction((transaction) => append(transaction, new Date(), deed(summary)));

  it('keeps one chain with concurrent writers', async () => {
    await Promise.all(Array.from({ length: 24 }, (_, index) => add(`kind-${index}`)));
    expect(await verifyJournal(database)).toMatchObject({ intact: true, entries: 24 });
    expect(await entriesOf(database, requestId)).toHaveLength(24);
  });

  it('is written by one at a time: the second continues from what the first has written', async () => {
    const patient = patientDatabase(database);
    const second = () =>
      patient.transaction((transaction) => append(transaction, new Date(), deed('second')));
    const count = (await entriesOf(database, requestId)).length;
    // Under the very lock, as a signer of its own.
    const meanwhile = (holder: pg.Client) => append(holder, new Date(), deed('first'));
    const [written] = await behindLock(urls.owner, { ...mutexLock('journal'), meanwhile }, second);
    expect(written).toMatchObject({ status: 'fulfilled' });
    const entries = await entriesOf(database, requestId);
    expect(entries.slice(count).map((entry) => JSON.parse(entry.body) as unknown)).toMatchObject([
      { summary: 'first' },
      { summary: 'second' },
    ]);
    expect(await verifyJournal(database)).toMatchObject({ intact: true });
  });

  it('knows when a step of a request began first', async () => {
    const other = '0d1f6f0e-6c1b-4c5e-9a53-0e1a4a4f0002';
    const begin = Date.now() + 1000;
    const start = (pass: number, step: 'scan' | 'signing', seconds: number) =>
      database.transaction((transaction) =>
        append(transaction, new Date(begin + seconds * 1000), {
          requestId: other,
          event: stepStarted({ pass, step }),
        }),
      );
    expect(await firstStartOf(database, other, 'signing')).toBeNull();
    await start(1, 'scan', 0);
    const began = await start(1, 'signing', 1);
    await start(2, 'signing', 2);
    expect(await firstStartOf(database, other, 'signing')).toEqual(began.at);
    expect(await firstStartOf(database, requestId, 'signing')).toBeNull();
  });

  it('leaves no gap if a transaction is rolled back', async () => {
    await expect(
      database.transaction(async (transaction) => {
        await append(transaction, new Date(), deed('undone'));
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    await add('after');
    expect(await verifyJournal(database)).toMatchObject({ intact: true, entries: 30 });
  });

  it('is never far ahead of the database’s clock, which would be the time of all that follows', async () => {
    const before = Date.now();
    const written = await database.transaction((transaction) =>
      append(transaction, new Date(before + 24 * 3600 * 1000), deed('a day ahead')),
    );
    expect(written.at.getTime() - before).toBeLessThan(60_000);
    const next = await database.transaction((transaction) => append(transaction, new Date(), deed('after')));
    expect(next.at.getTime() - before).toBeLessThan(60_000);
    expect(await verifyJournal(database)).toMatchObject({ intact: true });
  });

  it('never runs backwards in time, even if the clock does', async () => {
    const before = await add('now');
    const set = new Date(before.at.getTime() - 3_600_000);
    const after = await database.transaction((transaction) => append(transaction, set, deed('early')));
    expect(after.at.getTime()).toBeGreaterThanOrEqual(before.at.getTime());
  });

  it('can’t be changed or shortened by any production role', async () => {
    for (const url of [urls.signer, urls.portal, urls.owner]) {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        for (const statement of [
          "UPDATE signer.journal SET body = '{}' WHERE seq = 1",
          'DELETE FROM signer.journal WHERE seq = 1',
          'TRUNCATE signer.journal',
        ]) {
          await expect(client.query(statement), statement).rejects.toThrow(/permission denied|can only grow/);
        }
      } finally {
        await client.end();
      }
    }
    expect(await verifyJournal(database)).toMatchObject({ intact: true });
  });
});
