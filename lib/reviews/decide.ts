import { addEvent, conditionsOf } from '../applications/index.ts';
import type { Application } from '../applications/index.ts';
import type { Admission } from '../applications/questions/index.ts';
import { recordEvent } from '../audit/index.ts';
import { notify } from '../notifications/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { dropClaim, refuseDecided, requireClaim } from './claim.ts';
import { criteriaFor, outcomeOf, parseDecision } from './decision.ts';
import type { Decision, DecisionInput } from './decision.ts';
import { notNow } from './error.ts';
import { disqualificationOf, refuseDisqualified, reviewerColumns, reviewerOf } from './reviewer.ts';
import { lockReview } from './row.ts';
import type { Review, ReviewOutcome } from './row.ts';

const reviewAgainDaysDefault = 365;
const dayMilliseconds = 24 * 3600 * 1000;
const evidenceMax = 5_000;

/** One reviewer's decision. The review closes with the outcome that enough reviewers share; until then it waits for another. */
export async function decideReview(call: {
  readonly ctx: Context;
  readonly input: DecisionInput & { readonly id: number };
}): Promise<{ readonly outcome: ReviewOutcome | null }> {
  const { ctx, input } = call;
  const reviewer = reviewerOf(ctx);
  const { admission } = await conditionsOf(ctx);
  return ctx.db.$transaction(async (transaction) => {
    const { review, application } = await lockReview(ctx, transaction, input.id);
    refuseDisqualified(await disqualificationOf(transaction, reviewer, review, application));
    await refuseDecided(transaction, reviewer, review);
    requireClaim(reviewer, review);
    if (review.state === 'waiting-for-applicant') {
      throw notNow('The applicant has been asked and hasn’t answered.', 'Wait for the answer.');
    }
    const evidence = await transaction.evidence.findMany({
      where: { applicationId: application.id },
      select: { id: true },
      orderBy: { id: 'desc' },
      take: evidenceMax,
    });
    const known = new Set(evidence.map((item) => item.id));
    const decision = parseDecision(input, criteriaFor(admission, review.program), known, ctx.now());
    await transaction.reviewDecision.create({
      data: {
        reviewId: review.id,
        reviewer: reviewer.handle,
        at: ctx.now(),
        ...reviewerColumns(reviewer.identity),
        outcome: decision.outcome,
        reasons: decision.reasons,
        conditions: decision.conditions,
        reapplyFrom: decision.reapplyFrom,
        criteria: decision.criteria.map((judgement) => ({ ...judgement, evidence: [...judgement.evidence] })),
      },
    });
    await addEvent(transaction, ctx, {
      applicationId: application.id,
      kind: 'decided',
      audience: 'reviewers',
      body: `Decided: ${decision.outcome}.`,
    });
    await recordEvent(transaction, ctx, {
      action: 'review.decided',
      subject: `review:${review.id}`,
      detail: { outcome: decision.outcome },
    });
    const all = await transaction.reviewDecision.findMany({ where: { reviewId: review.id } });
    const outcome = outcomeOf(
      all.map((made) => (made.outcome === 'accepted' ? 'accepted' : 'rejected')),
      review.reviewersNeeded,
    );
    if (outcome === null) await dropClaim(transaction, review);
    else await close(transaction, ctx, { review, application, admission, decision, outcome });
    return { outcome };
  });
}

async function close(
  transaction: Transaction,
  ctx: Context,
  about: {
    readonly review: Review;
    readonly application: Application;
    readonly admission: Admission;
    readonly decision: Decision;
    readonly outcome: 'accepted' | 'rejected';
  },
): Promise<void> {
  const { review, application, admission, outcome } = about;
  const now = ctx.now();
  const againDays = admission.reviewAgainDays ?? reviewAgainDaysDefault;
  await transaction.review.update({
    where: { id: review.id },
    data: { state: 'closed', closedAt: now, outcome, claimedBy: null, claimedUntil: null },
  });
  await transaction.application.update({
    where: { id: application.id },
    data: {
      status: outcome,
      updatedAt: now,
      version: { increment: 1 },
      reviewAgainAt: outcome === 'accepted' ? new Date(now.getTime() + againDays * dayMilliseconds) : null,
    },
  });
  await addEvent(transaction, ctx, {
    applicationId: application.id,
    kind: outcome,
    audience: 'applicant',
    actorName: 'The reviewers',
    body: '',
  });
  await notify(transaction, ctx, application.applicant, {
    kind: 'application-news',
    subject: `${application.name ?? 'Your application'}: ${outcome}`,
    body:
      outcome === 'accepted'
        ? 'The foundation has accepted the project. Its page lists what comes next.'
        : 'The page of the application has the reasons, what to change, and how to appeal.',
    path: `/applications/${application.id}`,
  });
}
