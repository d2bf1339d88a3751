import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { personOfAccount } from '../platform/auth/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { accounts, approvers, openNotices, policyFile } from '../request-notices/open-notices.fixture.ts';
import { countPendingApprovals, listPendingApprovals, pendingShownMax } from './index.ts';

let notices: Awaited<ReturnType<typeof openNotices>>;
beforeAll(async () => {
  notices = await openNotices();
});
beforeEach(async () => {
  await notices.clear();
  await notices.accept({});
});
afterAll(() => notices.close());

const as = (account: string): Context => ({
  ...notices.ctx,
  actor: personOfAccount(notices.snapshot(), onGitHub(account), false) ?? { kind: 'public' },
});
const mara = () => as(accounts.maintainer);
const names = async (ctx: Context) => {
  const { mine, others } = await listPendingApprovals({ ctx });
  return { mine: mine.map((item) => item.artifactName), others: others.map((other) => other.artifactName) };
};
const asked = async (name: string, submittedBy?: string) => {
  const id = await notices.ask(name, submittedBy);
  await notices.waits(id);
  return id;
};

describe('what waits for a person', () => {
  it('lists and counts what they can approve and haven’t, longest wait first', async () => {
    await asked('first.zip');
    const approved = await asked('approved.zip');
    await notices.decide(approved, approvers.mara);
    await asked('last.zip');
    const ended = await asked('ended.zip');
    await notices.isDenied(ended);
    expect(await names(mara())).toEqual({ mine: ['first.zip', 'last.zip'], others: ['approved.zip'] });
    expect(await countPendingApprovals({ ctx: mara() })).toEqual({ count: 2, more: false });
    expect((await names(as(accounts.approver))).mine).toEqual(['first.zip', 'approved.zip', 'last.zip']);
  });

  it('is empty for people who are not approvers, and without a person', async () => {
    await asked('a.zip');
    for (const ctx of [as(accounts.reviewer), as('1')]) {
      expect(await names(ctx)).toEqual({ mine: [], others: ['a.zip'] });
      expect(await countPendingApprovals({ ctx })).toEqual({ count: 0, more: false });
    }
  });

  it('omits what their approval wouldn’t count for and requests of paused projects', async () => {
    await notices.accept({ [policyFile]: [['quorum: 2', 'quorum: 1']] });
    await asked('own.zip', 'person:demo-maintainer');
    expect((await names(mara())).mine).toEqual([]);
    expect((await names(as(accounts.approver))).mine).toEqual(['own.zip']);
    await notices.clear();
    await asked('a.zip');
    await notices.accept({ 'projects/zip-demo/project.yaml': [['status: active', 'status: paused']] });
    expect(await names(mara())).toEqual({ mine: [], others: ['a.zip'] });
  });

  it('lists a request again if the policy has changed since they approved', async () => {
    const id = await asked('a.zip');
    await notices.decide(id, approvers.mara);
    expect((await names(mara())).mine).toEqual([]);
    await notices.accept({ [policyFile]: [['triggers: [push', 'reruns: allowed\n  triggers: [push']] });
    expect((await names(mara())).mine).toEqual(['a.zip']);
  });

  it('finds requests behind any number that wait for others, and lists a bounded number', async () => {
    await notices.owner.query(
      `WITH request AS (
         INSERT INTO portal.signing_request (id, project_slug, policy_slug, artifact_sha256, artifact_name, artifact_size_bytes,
           idempotency_key, submitted_by, submitted_at)
         SELECT gen_random_uuid(), CASE WHEN n % 2 = 0 THEN 'esbuild-demo' ELSE 'zip-demo' END, 'release-signing', repeat('c', 64),
                n || '.zip', 1, gen_random_uuid()::text, 'person:demo-reviewer', now() + n * interval '1 second'
           FROM generate_series(1, $1::int) AS n RETURNING id, submitted_at)
       INSERT INTO signer.request_state (request_id, status, step, pass, summary, updated_at)
       SELECT id, 'waiting-for-approval', 'approval', 1, 'x', submitted_at FROM request`,
      [4 * pendingShownMax + 4],
    );
    const { mine, others, more } = await listPendingApprovals({ ctx: mara() });
    expect([mine.length, mine[0]?.artifactName, mine.every((item) => item.project === 'zip-demo')]).toEqual([
      ...[pendingShownMax, '1.zip', true],
    ]);
    expect([others.length, more]).toEqual([pendingShownMax, { mine: true, others: true }]);
    expect(await countPendingApprovals({ ctx: mara() })).toEqual({ count: pendingShownMax, more: true });
  });
});
