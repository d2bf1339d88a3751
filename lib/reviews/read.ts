import { z } from 'zod';
import { conditionsOf, nameConflicts, readEvents } from '../applications/index.ts';
import { isOwn } from '../platform/auth/index.ts';
import type { Application, ApplicationEvent, NameConflicts } from '../applications/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { criteriaFor, judgementsSchema } from './decision.ts';
import type { Criterion, CriterionJudgement } from './decision.ts';
import { readEvidence } from './evidence.ts';
import type { EvidenceItem } from './evidence.ts';
import { dueOf } from './queue.ts';
import type { Due } from './queue.ts';
import { disqualificationOf, reviewerOf } from './reviewer.ts';
import type { Disqualification } from './reviewer.ts';
import { findReview, toReview } from './row.ts';
import type { Review } from './row.ts';

export interface RecordedDecision {
  readonly reviewId: number;
  readonly reviewer: string;
  readonly outcome: 'accepted' | 'rejected';
  readonly criteria: readonly CriterionJudgement[];
  readonly reasons: string;
  readonly conditions: string;
  readonly reapplyFrom: Date | null;
  readonly at: Date;
}

export interface ReviewDetail {
  readonly review: Review;
  readonly application: Application;
  readonly due: Due;
  readonly criteria: readonly Criterion[];
  readonly conflicts: NameConflicts | null;
  /** Why the reader may not decide; null: they may. */
  readonly disqualification: Disqualification | null;
  readonly evidence: readonly EvidenceItem[];
  /** Question of the application → groups of signals that the foundation wants shown beside its answer. */
  readonly concerns: ReadonlyMap<string, readonly string[]>;
  readonly events: readonly ApplicationEvent[];
  /** Of closed rounds, and of this one as far as the reader may see them. */
  readonly decisions: readonly RecordedDecision[];
  /** Decisions of this round that are kept back until the reader has decided as well. */
  readonly decisionsHidden: number;
  readonly recusals: readonly { readonly reviewer: string; readonly reason: string }[];
  readonly rounds: readonly Review[];
  readonly mine: { readonly claimed: boolean; readonly decided: boolean };
}

/** Everything on one application, for reviewers. Who is recused sees what the applicant sees. */
export async function readReview(call: {
  readonly ctx: Context;
  readonly input: { readonly id: number };
}): Promise<ReviewDetail> {
  const { ctx, input } = call;
  const reviewer = reviewerOf(ctx);
  const { review, application } = await findReview(ctx, ctx.db, input.id);
  const { admission, snapshot } = await conditionsOf(ctx);
  const disqualification = await disqualificationOf(ctx.db, reviewer, review, application);
  const isExcluded = disqualification !== null && disqualification !== 'decided-before';
  const [rounds, decisions, recusals] = await Promise.all([
    ctx.db.review.findMany({ where: { applicationId: application.id }, orderBy: { id: 'asc' }, take: 100 }),
    ctx.db.reviewDecision.findMany({
      where: { review: { applicationId: application.id } },
      orderBy: { id: 'asc' },
      take: 200,
    }),
    ctx.db.recusal.findMany({ where: { applicationId: application.id }, orderBy: { id: 'asc' }, take: 100 }),
  ]);
  const decided = decisions.some(
    ({ reviewId, reviewer: handle, reviewerHost: host, reviewerId: id }) =>
      reviewId === review.id && (handle === reviewer.handle || isOwn(reviewer, { host, id })),
  );
  // Each reviewer comes to their own judgement first.
  const shown = (reviewId: number): boolean =>
    !isExcluded && (reviewId !== review.id || decided || review.state === 'closed');
  const { id, name, repository } = application;
  return {
    review,
    application,
    due: dueOf(review, ctx.now()),
    criteria: criteriaFor(admission, review.program),
    conflicts: name === null ? null : await nameConflicts(ctx.db, snapshot, { id, name, repository }),
    disqualification,
    evidence: await readEvidence(ctx.db, id),
    concerns: new Map(
      admission.eligibility.map((question) => [`eligible-${question.id}`, question.evidence ?? []]),
    ),
    events: await readEvents(ctx.db, id, isExcluded ? 'applicant' : 'reviewers'),
    decisions: decisions.filter((decision) => shown(decision.reviewId)).map(toDecision),
    decisionsHidden: decisions.filter(
      (decision) => decision.reviewId === review.id && !shown(decision.reviewId),
    ).length,
    recusals: isExcluded
      ? []
      : recusals.map(({ reviewer: handle, reason }) => ({ reviewer: handle, reason })),
    rounds: rounds.map((row) => toReview(row, ctx.now())),
    mine: { claimed: review.claim?.by === reviewer.handle, decided },
  };
}

export function toDecision(row: {
  readonly reviewId: number;
  readonly reviewer: string;
  readonly outcome: string;
  readonly criteria: unknown;
  readonly reasons: string;
  readonly conditions: string;
  readonly reapplyFrom: Date | null;
  readonly at: Date;
}): RecordedDecision {
  const { reviewId, reviewer, reasons, conditions, reapplyFrom, at } = row;
  return {
    reviewId,
    reviewer,
    reasons,
    conditions,
    reapplyFrom,
    at,
    outcome: z.enum(['accepted', 'rejected']).parse(row.outcome),
    criteria: judgementsSchema.parse(row.criteria),
  };
}
