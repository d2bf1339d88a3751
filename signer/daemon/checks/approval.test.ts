/** What the policy asks of approvals reaches the count: how many, and whether who submitted may be one of them. */
import { describe, expect, it } from 'vitest';
import { person, statementFields } from '#core/approval/approval.fixture.ts';
import { parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import { effectivePolicy } from '#core/policy/index.ts';
import type { EffectivePolicy } from '#core/policy/index.ts';
import { base } from '#core/policy/plan/snapshots.fixture.ts';
import { checkApproval } from './approval.ts';

const alex = person('demo-approver');
const other = person('demo-maintainer');
const now = new Date('2026-01-01T00:00:00Z');

type Asked = Pick<EffectivePolicy, 'quorum' | 'submitterMayApprove'>;

/** One approval, by Alex, of what `submittedBy` submitted, under a policy of two approvers that asks for this. */
async function outcomeOf(asked: Asked, submittedBy: string) {
  const { request: id, artifactSha256, sourceCommit } = statementFields();
  const project = parseProjectSlug('esbuild-demo');
  const policy = parsePolicySlug('release-signing');
  const found = effectivePolicy(base, project, policy);
  if (!found.ok) throw new Error(found.findings[0]?.message);
  const approvers = [alex, other].map(({ approver }) => ({ name: '', identities: [], ...approver }));
  const effective = { ...found.value, ...asked, approvers };
  const result = await checkApproval({
    request: {
      id,
      project,
      policy,
      artifactSha256,
      submittedBy,
      artifactName: 'x.exe',
      bundleSha256: null,
      parameters: {},
      submittedAt: now,
    },
    effective,
    sourceCommit,
    submissions: [alex.decide({ project, policy, policyCommit: effective.commit, submittedBy })],
    reading: { total: 1, unread: 0 },
    policyDigestAt: () => Promise.resolve(null),
    now,
  });
  return result.ok;
}

describe('the approvals of a request', () => {
  const token = 'token:esbuild-demo/ci by person:demo-maintainer';
  const itself = 'person:demo-approver';

  it('are enough if they are as many as the policy requires', async () => {
    expect(await outcomeOf({ quorum: 1, submitterMayApprove: false }, token)).toBe(true);
    expect(await outcomeOf({ quorum: 2, submitterMayApprove: true }, token)).toBe('waiting');
  });

  it('don’t include the submitter’s, unless the policy allows it', async () => {
    expect(await outcomeOf({ quorum: 1, submitterMayApprove: false }, itself)).toBe('waiting');
    expect(await outcomeOf({ quorum: 1, submitterMayApprove: true }, itself)).toBe(true);
  });
});
