import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../../dev/test/index.ts';
import { parseRequestId, type RequestId } from '#core/ids/index.ts';
import { openDatabase, type Database } from '../../ground/database/index.ts';
import { readSubmissions } from '../approvals/index.ts';
import { isPassDue, loadRequest, saveState, type RequestState } from './index.ts';

const long = 64 * 1024 * 1024;

describe('requests read from the portal’s tables', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  let portal: pg.Client;
  beforeAll(async () => {
    urls = await testDatabase();
    database = openDatabase(urls.signer, () => undefined);
    portal = new pg.Client({ connectionString: urls.portal });
    await portal.connect();
  });
  afterAll(async () => {
    await portal.end();
    await database.close();
    await urls.release();
  });

  async function request(id: string = randomUUID(), name = "'a.tgz'"): Promise<RequestId> {
    await portal.query(
      `INSERT INTO portal.signing_request (id, project_slug, policy_slug, artifact_sha256, artifact_name,
         artifact_size_bytes, idempotency_key, submitted_by)
       VALUES ($1, 'demo', 'release', $2, ${name}, 1, $3, 'test')`,
      [id, 'ab'.repeat(32), randomUUID()],
    );
    return id as RequestId;
  }

  async function handIn(id: RequestId, submittedAt = new Date()): Promise<void> {
    await portal.query(
      `INSERT INTO portal.approval_submission (id, request_id, statement, signature, submitted_by, submitted_at)
       VALUES ($1, $2, 'yes', 'signature', 'test', $3)`,
      [randomUUID(), id, submittedAt],
    );
  }

  async function save(id: RequestId, change: Partial<RequestState>, at = new Date()): Promise<void> {
    const state: RequestState = {
      status: 'waiting-for-approval',
      step: 'approval',
      pass: 1,
      policyCommit: null,
      sourceCommit: null,
      summary: 'waits',
      retryAt: null,
      retries: 0,
      decisionsCounted: 0,
      ...change,
    };
    await database.transaction((transaction) => saveState(transaction, id, state, at));
  }

  const read = (id: RequestId) =>
    readSubmissions({ database, requestId: id, approvers: [], now: new Date() });

  it('are checked again when there is another decision, and not before everything is read', async () => {
    const id = await request();
    await save(id, { decisionsCounted: 0 });
    await database.query(
      `INSERT INTO signer.approval_decision (request_id, key_fingerprint, statement_sha256, decision, statement,
         signature, expires_at, seen_at) VALUES ($1, 'k', 's', 'approve', '{}', '', now(), now())`,
      [id],
    );
    expect(await isPassDue(database, new Date(), id)).toBe(true);
    await handIn(id);
    expect(await isPassDue(database, new Date(), id)).toBe(false);
    await read(id);
    expect(await isPassDue(database, new Date(), id)).toBe(true);
  });

  it('are checked again though their last check has a time that hasn’t been yet', async () => {
    const [one, other] = [await request(), await request()];
    await save(one, { decisionsCounted: 1 }, new Date(Date.now() + 365 * 24 * 3_600_000));
    // Signers' clocks may differ by some seconds.
    await save(other, { decisionsCounted: 1, pass: 100 }, new Date(Date.now() + 30_000));
    expect(await isPassDue(database, new Date(), one)).toBe(true);
    expect(await isPassDue(database, new Date(), other)).toBe(false);
  });

  it('are read no further than the size limit of a request', async () => {
    const id = await request(randomUUID(), `repeat('x', ${long})`);
    const error = await loadRequest(database, parseRequestId(id)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'ZodError' });
    expect(String(error).length).toBeLessThan(4000);
  });

  it('have their parameters read, or are malformed', async () => {
    const id = await request();
    expect(await loadRequest(database, id)).toMatchObject({ parameters: {} });
    const written = async (parameters: string) => {
      const other = randomUUID();
      await portal.query(
        `INSERT INTO portal.signing_request (id, project_slug, policy_slug, artifact_sha256, artifact_name,
           artifact_size_bytes, idempotency_key, submitted_by, parameters)
         VALUES ($1, 'demo', 'release', $2, 'a.tgz', 1, $3, 'test', $4)`,
        [other, 'ab'.repeat(32), randomUUID(), parameters],
      );
      return loadRequest(database, parseRequestId(other));
    };
    expect(await written('{"version":"1.2"}')).toMatchObject({ parameters: { version: '1.2' } });
    for (const bad of ['[]', '{"version":"1.*"}', '{"a b":"1"}', `{"version":"${'x'.repeat(long / 64)}"}`])
      await expect(written(bad)).rejects.toMatchObject({ name: 'ZodError' });
  });

  it('keep a summary shaped by hostile bytes', async () => {
    const id = await request();
    await save(id, { summary: 'a\0b\ud800c' });
    const rows = await database.query('SELECT summary FROM signer.request_state WHERE request_id = $1', [id]);
    expect(rows).toEqual([{ summary: 'a\ufffdb\ufffdc' }]);
  });
});
