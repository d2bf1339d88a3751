import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { person } from '#core/approval/approval.fixture.ts';
import { approvalNamespace, approvalStatement, parseApprovalStatement } from '#core/approval/index.ts';
import type { ApprovalStatement } from '#core/approval/index.ts';
import { parseCommitSha, parseRequestId, type RequestId } from '#core/ids/index.ts';
import { seed } from '#core/policy/plan/snapshots.fixture.ts';
import { withApprovalKeys } from '#core/policy/index.ts';
import { decode } from '#core/policy/seed.fixture.ts';
import { personOfAccount } from '../platform/auth/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { openJobQueue } from '../platform/queue/index.ts';
import { openSigned } from '../signatures/open-signed.fixture.ts';
import { readStatement, readStatements, submitApproval } from './index.ts';

const alex = person('demo-approver');
const stranger = person('demo-stranger');
const people = 'people/demo-approver.yaml';

let signed: Awaited<ReturnType<typeof openSigned>>;
let owner: Client;
let ctx: Context;
let queue: ReturnType<typeof openJobQueue>;
beforeAll(async () => {
  signed = await openSigned();
  owner = new Client({ connectionString: signed.urls.owner });
  await owner.connect();
  queue = openJobQueue({ url: signed.urls.portal });
  const file = seed.get(people);
  if (file === undefined) throw new Error(`the seed has no ${people}`);
  await signed.accept({ [people]: decode(withApprovalKeys(file, alex.approver.keys)) });
  // Of the team, and no approver: who hands a decision in is another question than who signed it.
  const actor = personOfAccount(signed.snapshot(), onGitHub('900001'), false);
  if (actor === null) throw new Error('the seed has no account 900001');
  ctx = { ...signed.ctx, queue, actor };
});
beforeEach(() => signed.clear());
afterAll(async () => {
  await queue.close();
  await owner.end();
  await signed.close();
});

/** A request that the signer has taken this far; `received`: it hasn't seen it yet. */
async function ask(status: string, submittedBy = 'person:demo-maintainer'): Promise<RequestId> {
  const id = randomUUID();
  await owner.query(
    `INSERT INTO portal.signing_request (id, project_slug, policy_slug, artifact_sha256, artifact_name,
       artifact_size_bytes, idempotency_key, submitted_by, submitted_at)
     VALUES ($1::uuid, 'esbuild-demo', 'release-signing', $2, 'a.zip', 1, $1::text, $3, now())`,
    [id, 'c'.repeat(64), submittedBy],
  );
  if (status !== 'received') {
    const commit = status === 'checking' ? null : '1'.padStart(40, '0');
    await owner.query(
      `INSERT INTO signer.request_state (request_id, status, step, pass, summary, updated_at, policy_commit)
       VALUES ($1, $2, 'signing', 1, 'x', now(), $3)`,
      [id, status, commit],
    );
  }
  return parseRequestId(id);
}

const handIn = (id: RequestId, statement: string, by = alex) =>
  submitApproval({
    ctx,
    input: { id, statement, signature: by.sign(statement, approvalNamespace) },
  });
const statementOf = (id: RequestId, decision: 'approve' | 'deny') =>
  readStatement({ ctx, input: { id, decision } });
const refusal = (code: string) => expect.objectContaining({ code }) as unknown;
const handedIn = async (id: RequestId) => {
  const rows = await ctx.db.approvalSubmission.findMany({ where: { requestId: id } });
  const jobs = await owner.query(
    `SELECT FROM pgboss.job WHERE name = 'signing' AND data ->> 'requestId' = $1`,
    [id],
  );
  const told = await ctx.db.auditEvent.count({
    where: { subject: `request:${id}`, action: 'approval.submitted' },
  });
  return {
    rows: rows.map((row) => parseApprovalStatement(row.statement).decision),
    jobs: jobs.rowCount,
    told,
  };
};
const nothing = { rows: [], jobs: 0, told: 0 };

describe.each(['received', 'checking', 'signing'])('a request that is %s', (status) => {
  it('can be denied, and the signer is notified to count the denial', async () => {
    const id = await ask(status);
    await handIn(id, await statementOf(id, 'deny'));
    expect(await handedIn(id)).toEqual({ rows: ['deny'], jobs: 1, told: 1 });
  });

  it('can’t be approved: the signer hasn’t published what is to be approved', async () => {
    const id = await ask(status);
    expect((await readStatements({ ctx, input: { id } })).statements.approve).toBeNull();
    await expect(statementOf(id, 'approve')).rejects.toEqual(refusal('NOT_WAITING_FOR_APPROVAL'));
    const denial = parseApprovalStatement(await statementOf(id, 'deny'));
    const approval = approvalStatement({ ...denial, decision: 'approve' });
    await expect(handIn(id, approval)).rejects.toEqual(refusal('NOT_WAITING_FOR_APPROVAL'));
    expect(await handedIn(id)).toEqual(nothing);
  });
});

describe('a request that waits for approval', () => {
  it.each(['approve', 'deny'] as const)('takes either decision: %s', async (decision) => {
    const id = await ask('waiting-for-approval');
    await handIn(id, await statementOf(id, decision));
    expect(await handedIn(id)).toEqual({ rows: [decision], jobs: 1, told: 1 });
  });
});

describe.each(['completed', 'denied', 'failed'])('a request that is %s', (status) => {
  it('accepts no more decisions', async () => {
    const open = await ask('checking');
    const id = await ask(status);
    const denial = parseApprovalStatement(await statementOf(open, 'deny'));
    for (const decision of ['approve', 'deny'] as const) {
      await expect(statementOf(id, decision)).rejects.toEqual(refusal('REQUEST_ENDED'));
      const statement = approvalStatement({ ...denial, request: id, decision });
      await expect(handIn(id, statement)).rejects.toEqual(refusal('REQUEST_ENDED'));
    }
    expect(await handedIn(id)).toEqual(nothing);
  });
});

describe('a denial', () => {
  it('counts when the submitter of the request makes it', async () => {
    const id = await ask('signing', 'person:demo-approver');
    await handIn(id, await statementOf(id, 'deny'));
    expect((await handedIn(id)).rows).toEqual(['deny']);
  });

  it.each<readonly [string, Partial<ApprovalStatement>, typeof alex]>([
    ['by a key that nobody lists', {}, stranger],
    ['of another request', { request: parseRequestId(randomUUID()) }, alex],
  ])('isn’t accepted %s, and the reason is given', async (_, changes, by) => {
    const id = await ask('signing');
    const statement = approvalStatement({
      ...parseApprovalStatement(await statementOf(id, 'deny')),
      ...changes,
    });
    await expect(handIn(id, statement, by)).rejects.toEqual(refusal('APPROVAL_NOT_VALID'));
    expect(await handedIn(id)).toEqual(nothing);
  });

  it('is accepted only from the project', async () => {
    const id = await ask('signing');
    const statement = await statementOf(id, 'deny');
    const signature = alex.sign(statement, approvalNamespace);
    const anyone = { ...ctx, actor: { kind: 'public' } } as Context;
    await expect(submitApproval({ ctx: anyone, input: { id, statement, signature } })).rejects.toEqual(
      refusal('NOT_ALLOWED'),
    );
    expect(await handedIn(id)).toEqual(nothing);
  });

  it('names the policy in force if the signer has named none yet', async () => {
    const statement = parseApprovalStatement(await statementOf(await ask('received'), 'deny'));
    expect(statement.policyCommit).toBe(parseCommitSha('1'.padStart(40, '0')));
    expect(statement.sourceCommit).toBeNull();
  });
});
