import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../../dev/test/index.ts';
import { countApprovals } from '#core/approval/index.ts';
import type { ApprovalStatement, ApprovalSubmission } from '#core/approval/index.ts';
import { person, statementFields } from '#core/approval/approval.fixture.ts';
import { parseRequestId, type RequestId } from '#core/ids/index.ts';
import { openDatabase, type Database } from '../../ground/database/index.ts';
import { readSubmissions } from './index.ts';
import { readStanding } from './store.ts';

const alice = person('alice', 2);
const bob = person('bob');
const approvers = [alice.approver, bob.approver];
const now = new Date('2026-01-01T00:00:00Z');

describe('the submissions for a request', () => {
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

  async function newRequest(): Promise<RequestId> {
    const id = parseRequestId(randomUUID());
    await portal.query(
      `INSERT INTO portal.signing_request (id, project_slug, policy_slug, artifact_sha256, artifact_name,
         artifact_size_bytes, idempotency_key, submitted_by) VALUES ($1, 'widget', 'release', $2, 'a', 1, $3, 'test')`,
      [id, 'ab'.repeat(32), randomUUID()],
    );
    return id;
  }

  const handIn = (id: RequestId, { statement, signature }: ApprovalSubmission, client = portal) =>
    client.query(
      `INSERT INTO portal.approval_submission (id, request_id, statement, signature, submitted_by, submitted_at)
       VALUES ($1, $2, $3, $4, 'test', '2999-01-01')`,
      [randomUUID(), id, statement, signature],
    );

  /** `count` rows that say `signature`, in one statement. */
  const flood = (id: RequestId, count: number, { statement, signature }: ApprovalSubmission) =>
    portal.query(
      `INSERT INTO portal.approval_submission (id, request_id, statement, signature, submitted_by)
       SELECT gen_random_uuid(), $1, $3 || n, $4, 'test' FROM generate_series(1, $2::int) AS n`,
      [id, count, statement, signature],
    );

  const readAll = (id: RequestId, changes: Partial<Parameters<typeof readSubmissions>[0]> = {}) =>
    readSubmissions({ database, requestId: id, approvers, now, ...changes });
  const recordedDecisions = async (on: Database, id: RequestId) => (await readStanding(on, id)).recorded;
  const read = async (...asked: Parameters<typeof readAll>) => (await readAll(...asked)).reading;

  async function stateOf(id: RequestId): Promise<string> {
    const { submissions } = await recordedDecisions(database, id);
    const { decision: _decision, expiresAt: _expiresAt, ...subject } = statementFields({ request: id });
    return countApprovals({ subject, submissions, approvers, quorum: 1, submitterMayApprove: false, now })
      .state;
  }

  const sign = (id: RequestId, who: typeof alice, change: Partial<ApprovalStatement> = {}) =>
    who.decide({ request: id, ...change });
  const rubbish = { statement: '{"decision":"approve"}', signature: 'approved' };

  it('with a denial, then 199 pieces of rubbish, then an approval: denied', async () => {
    const id = await newRequest();
    await handIn(id, sign(id, bob, { decision: 'deny' }));
    await flood(id, 199, rubbish);
    await handIn(id, sign(id, alice));
    expect(await read(id)).toEqual({ total: 201, unread: 0 });
    expect(await stateOf(id)).toBe('denied');
  });

  it('with an approval behind 1,000 forgeries in the approver’s own name: approved', async () => {
    const id = await newRequest();
    const { signature } = sign(id, alice);
    await flood(id, 1000, { statement: 'x', signature });
    await handIn(id, sign(id, alice));
    await flood(id, 1000, { statement: 'x', signature });
    expect(await read(id)).toEqual({ total: 2001, unread: 0 });
    expect(await stateOf(id)).toBe('approved');
  });

  it('are read on from where the last pass ended, each row once', async () => {
    const id = await newRequest();
    await flood(id, 25, rubbish);
    await handIn(id, sign(id, bob, { decision: 'deny' }));
    const small = { pageRows: 10, pagesMax: 1 };
    expect(await read(id, small)).toEqual({ total: 26, unread: 16 });
    expect(await read(id, small)).toEqual({ total: 26, unread: 6 });
    expect(await stateOf(id)).toBe('pending');
    expect(await read(id, small)).toEqual({ total: 26, unread: 0 });
    expect(await stateOf(id)).toBe('denied');
  });

  it('are found even if written before others and committed after them', async () => {
    const id = await newRequest();
    const slow = new pg.Client({ connectionString: urls.portal });
    await slow.connect();
    await slow.query('BEGIN');
    await handIn(id, sign(id, bob, { decision: 'deny' }), slow);
    await flood(id, 3, rubbish);
    expect(await read(id)).toEqual({ total: 3, unread: 0 });
    await slow.query('COMMIT');
    await slow.end();
    expect(await read(id)).toEqual({ total: 4, unread: 0 });
    expect(await stateOf(id)).toBe('denied');
  });

  it('are read again when other keys count', async () => {
    const id = await newRequest();
    await handIn(id, sign(id, bob, { decision: 'deny' }));
    await read(id, { approvers: [alice.approver] });
    expect((await recordedDecisions(database, id)).count).toBe(0);
    await read(id);
    expect(await stateOf(id)).toBe('denied');
  });

  it('are read again from the first page on when other keys count', async () => {
    const id = await newRequest();
    await flood(id, 25, rubbish);
    await handIn(id, sign(id, bob, { decision: 'deny' }));
    await read(id, { approvers: [alice.approver] });
    expect(await read(id, { pageRows: 10 })).toEqual({ total: 26, unread: 0 });
    expect(await stateOf(id)).toBe('denied');
  });

  it('cost one statement where there is nothing new', async () => {
    const id = await newRequest();
    await handIn(id, sign(id, bob, { decision: 'deny' }));
    await read(id);
    let statements = 0;
    const query: Database['query'] = (...asked) => {
      statements += 1;
      return database.query(...asked);
    };
    const seen = await readAll(id, { database: { ...database, query } });
    expect([statements, seen.count, seen.reading]).toEqual([1, 1, { total: 1, unread: 0 }]);
  });

  it('stay on record when they are gone from the portal’s table', async () => {
    const id = await newRequest();
    await handIn(id, sign(id, bob, { decision: 'deny' }));
    await read(id);
    const owner = new pg.Client({ connectionString: urls.owner });
    await owner.connect();
    await owner.query('DELETE FROM portal.approval_submission WHERE request_id = $1', [id]);
    await owner.end();
    expect(await read(id)).toEqual({ total: 0, unread: 0 });
    expect(await stateOf(id)).toBe('denied');
  });

  it('don’t count about another request, by another person, or if too large', async () => {
    const id = await newRequest();
    const other = parseRequestId(randomUUID());
    await handIn(id, sign(other, bob, { decision: 'deny' }));
    await handIn(id, sign(id, person('mallory'), { decision: 'deny' }));
    const huge = 'x'.repeat(3_000_000);
    await handIn(id, { ...sign(id, bob), signature: huge });
    await handIn(id, { ...sign(id, bob), statement: huge });
    expect(await read(id)).toEqual({ total: 4, unread: 0 });
    expect((await recordedDecisions(database, id)).count).toBe(0);
  });

  it('count once, however often they are submitted; of one key the longest-valid approvals are counted', async () => {
    const id = await newRequest();
    const approval = sign(id, alice);
    for (let copy = 0; copy < 5; copy += 1) await handIn(id, approval);
    for (let day = 10; day < 30; day += 1) {
      await handIn(id, sign(id, bob, { expiresAt: `2026-01-${day}T00:00:00.000Z` }));
    }
    await read(id);
    const { count, submissions } = await recordedDecisions(database, id);
    expect(count).toBe(21);
    expect(submissions).toHaveLength(9);
    expect(submissions).toContainEqual(sign(id, bob, { expiresAt: '2026-01-29T00:00:00.000Z' }));
  });

  it('can’t keep an approver who signed any number of approvals from denying', async () => {
    const id = await newRequest();
    for (let hour = 0; hour < 70; hour += 1) {
      const expiresAt = new Date(now.getTime() + (hour + 1) * 3_600_000).toISOString();
      await handIn(id, sign(id, bob, { expiresAt }));
    }
    await handIn(id, sign(id, bob, { decision: 'deny' }));
    await read(id);
    expect((await recordedDecisions(database, id)).count).toBe(65);
    expect(await stateOf(id)).toBe('denied');
  });
});
