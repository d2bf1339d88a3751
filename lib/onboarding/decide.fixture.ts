/** What the foundation's people do between an application and a policy in force. For tests. */
import type { openAdmissions } from '../applications/open-admissions.fixture.ts';
import { mergeChange, readChange, signChange } from '../policy-changes/index.ts';
import { attestEvidence, claimReview, decideReview, readReview } from '../reviews/index.ts';

type Admissions = Awaited<ReturnType<typeof openAdmissions>>;

/** A reviewer claims the open review of an application and decides; where one decision is enough, it is decided. */
export async function decideOn(
  on: Admissions,
  applicationId: number,
  outcome: 'accepted' | 'rejected',
  by = 'demo-assessor',
): Promise<void> {
  const ctx = await on.as(by);
  const { id: review } = await on.portal.db.review.findFirstOrThrow({
    where: { applicationId, state: { not: 'closed' } },
  });
  const input = { id: review };
  await claimReview({ ctx, input });
  await attestEvidence({
    ctx,
    input: { ...input, kind: 'other', title: 'Seen', url: '', text: 'All of it.' },
  });
  const { criteria, evidence } = await readReview({ ctx, input });
  await decideReview({
    ctx,
    input: {
      id: review,
      outcome,
      reasons: 'So it is.',
      reapplyFrom: '',
      conditions: outcome === 'accepted' ? '' : 'Publish the source again.',
      criteria: criteria.map((criterion) => ({
        id: criterion.id,
        verdict: outcome === 'accepted' ? 'met' : 'not-met',
        comment: '',
        evidence: evidence.map((each) => each.id),
      })),
    },
  });
}

/** Policy maintainers sign a change, one merges it, and the signer takes it up. */
export async function acceptChange(on: Admissions, number: number): Promise<void> {
  const { pull, signatures } = await readChange({ ctx: on.public, input: { number } });
  for (const name of ['demo-maintainer', 'demo-reviewer'].slice(0, signatures.needed)) {
    const signature = on.signatureBy(name, pull.head.commit);
    const input = { number, head: pull.head.commit, signature };
    await signChange({ ctx: await on.as(name), input });
  }
  const ctx = await on.as('demo-steward');
  await mergeChange({ ctx, input: { number, head: pull.head.commit, guardsSeen: true } });
  await on.signer.refresh();
}
