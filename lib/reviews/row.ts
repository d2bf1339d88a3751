import { z } from 'zod';
import type { Transaction } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { lockApplication, toApplication } from '../applications/index.ts';
import type { Application } from '../applications/index.ts';
import { ReviewsError } from './error.ts';

export const reviewKinds = ['first', 'appeal', 'again'] as const;
export const reviewStates = ['waiting', 'claimed', 'waiting-for-applicant', 'closed'] as const;
export type ReviewKind = (typeof reviewKinds)[number];
export type ReviewState = (typeof reviewStates)[number];
export type ReviewOutcome = 'accepted' | 'rejected' | 'withdrawn';

export interface Review {
  readonly id: number;
  readonly applicationId: number;
  readonly kind: ReviewKind;
  /** As it is: a claim whose lease has run out is no claim. */
  readonly state: ReviewState;
  readonly program: 'executables' | 'components';
  readonly reviewersNeeded: number;
  readonly openedAt: Date;
  readonly dueAt: Date;
  readonly askedAt: Date | null;
  readonly claim: { readonly by: string; readonly until: Date } | null;
  readonly closedAt: Date | null;
  readonly outcome: ReviewOutcome | null;
}

const rowSchema = z.object({
  id: z.number(),
  applicationId: z.number(),
  kind: z.enum(reviewKinds),
  state: z.enum(reviewStates),
  program: z.enum(['executables', 'components']),
  reviewersNeeded: z.number(),
  openedAt: z.date(),
  dueAt: z.date(),
  askedAt: z.date().nullable(),
  claimedBy: z.string().nullable(),
  claimedUntil: z.date().nullable(),
  closedAt: z.date().nullable(),
  outcome: z.enum(['accepted', 'rejected', 'withdrawn']).nullable(),
});

export function toReview(row: unknown, now: Date): Review {
  const { claimedBy, claimedUntil, ...rest } = rowSchema.parse(row);
  const claim =
    claimedBy === null || claimedUntil === null || claimedUntil <= now
      ? null
      : { by: claimedBy, until: claimedUntil };
  return { ...rest, claim, state: rest.state === 'claimed' && claim === null ? 'waiting' : rest.state };
}

const idMax = 2_000_000_000;

export const unknownReview = (): ReviewsError =>
  new ReviewsError({
    code: 'UNKNOWN_REVIEW',
    message: 'There is no such review.',
    fix: 'Look in the queue.',
  });

export async function findReview(
  ctx: Pick<Context, 'now'>,
  db: Context['db'] | Transaction,
  id: number,
): Promise<{ readonly review: Review; readonly application: Application }> {
  if (!Number.isInteger(id) || id < 1 || id > idMax) throw unknownReview();
  const row = await db.review.findUnique({ where: { id }, include: { application: true } });
  if (row === null) throw unknownReview();
  return { review: toReview(row, ctx.now()), application: toApplication(row.application) };
}

/** Locks the application, then reads: decisions based on it stay valid until the end of the transaction. */
export async function lockReview(
  ctx: Pick<Context, 'now'>,
  transaction: Transaction,
  id: number,
): Promise<{ readonly review: Review; readonly application: Application }> {
  const { review } = await findReview(ctx, transaction, id);
  await lockApplication(transaction, review.applicationId);
  return findReview(ctx, transaction, id);
}
