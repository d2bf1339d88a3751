/** Who reviews, and why somebody may not review this application. */
import { includesIdentity } from '#core/identity/index.ts';
import type { StoredIdentity } from '#core/identity/index.ts';
import type { ProjectSlug } from '#core/ids/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { ReviewsError } from './error.ts';

export type Reviewer = Extract<Context['actor'], { kind: 'person' }>;

export function reviewerOf({ actor }: Pick<Context, 'actor'>): Reviewer {
  if (actor.kind === 'person' && actor.roles.foundationReviewer) return actor;
  throw new ReviewsError({
    code: 'NOT_ALLOWED',
    message: 'Only reviewers of the foundation can do this.',
    fix: 'Sign in as one; people/ in the policy repository says who they are.',
  });
}

/** What a row says of its reviewer. */
export const reviewerColumns = ({ host, id }: StoredIdentity) => ({ reviewerHost: host, reviewerId: id });

/**
 * Rows of a reviewer: by whichever of their accounts, for who has two is one person; and by their handle, for the policy may name
 * other accounts of theirs since.
 */
export const ofReviewer = ({ handle, identities }: Pick<Reviewer, 'handle' | 'identities'>) => ({
  OR: [{ reviewer: handle as string }, ...identities.map(reviewerColumns)],
});

/** Why this reviewer may not decide: the application or project is their own, they recused themselves, or they decided before an appeal. */
export type Disqualification = 'own-application' | 'own-project' | 'recused' | 'decided-before';

export const disqualificationWords: Readonly<Record<Disqualification, string>> = {
  'own-application': 'This is your own application.',
  'own-project': 'You are on this project’s team.',
  recused: 'You have recused yourself from this application.',
  'decided-before': 'You decided on this application before; an appeal goes to others.',
};

export async function disqualificationOf(
  db: Context['db'] | Transaction,
  reviewer: Pick<Reviewer, 'handle' | 'identities' | 'roles'>,
  review: {
    readonly id: number;
    readonly kind: string;
    readonly applicationId: number;
  },
  application: { readonly applicant: StoredIdentity; readonly slug: string | null },
): Promise<Disqualification | null> {
  if (includesIdentity(reviewer.identities, application.applicant)) return 'own-application';
  // A repeated review, a move to another program, an appeal: people who benefit don't decide.
  if (reviewer.roles.projects.has(application.slug as ProjectSlug)) return 'own-project';
  const byReviewer = ofReviewer(reviewer);
  const recusals = await db.recusal.count({ where: { applicationId: review.applicationId, ...byReviewer } });
  if (recusals > 0) return 'recused';
  if (review.kind !== 'appeal') return null;
  const earlier = await db.reviewDecision.count({
    where: {
      ...byReviewer,
      reviewId: { not: review.id },
      review: { applicationId: review.applicationId },
    },
  });
  return earlier > 0 ? 'decided-before' : null;
}

export function refuseDisqualified(disqualification: Disqualification | null): void {
  if (disqualification === null) return;
  throw new ReviewsError({
    code: 'CONFLICT_OF_INTEREST',
    message: disqualificationWords[disqualification],
    fix: 'Leave it to another reviewer.',
  });
}
