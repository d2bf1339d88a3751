/** The queue: what waits for reviewers, the most urgent first; and what is closed, the newest first. */
import { z } from 'zod';
import type { Context } from '../platform/portal/index.ts';
import { ReviewsError } from './error.ts';
import { ofReviewer, reviewerOf } from './reviewer.ts';
import type { Reviewer } from './reviewer.ts';
import { reviewKinds, reviewStates, toReview } from './row.ts';
import type { Review } from './row.ts';

/** Of the words to look for, in characters. */
export const queueWordsMax = 100;

/** The query of the queue's address; everything is optional, so that a view is a link. */
export const queueQuerySchema = z.object({
  state: z.enum([...reviewStates, 'open']).catch('open'),
  program: z.enum(['executables', 'components']).nullable().catch(null),
  kind: z.enum(reviewKinds).nullable().catch(null),
  /** late: past the service target. soon: within three days of it. */
  due: z.enum(['late', 'soon']).nullable().catch(null),
  /** mine: claimed by who asks. decidable: what they may still decide on. */
  whose: z.enum(['mine', 'decidable']).nullable().catch(null),
  q: z.string().max(queueWordsMax).catch(''),
  cursor: z.string().max(200).nullable().catch(null),
});
export type QueueQuery = z.output<typeof queueQuerySchema>;

export interface QueueItem {
  readonly review: Review;
  readonly name: string;
  readonly applicantName: string;
  readonly repositoryUri: string | null;
  /** Decisions made in this round. */
  readonly decisions: number;
  readonly due: Due;
}

/** A review's state relative to its service target. */
export type Due = 'late' | 'soon' | 'in-time' | 'paused' | 'closed';

export interface QueuePage {
  readonly items: readonly QueueItem[];
  readonly next: string | null;
  /** How many waiting ones are late, and how many wait at all. */
  readonly late: number;
  readonly waiting: number;
}

const pageLength = 50;
const soonDays = 3;
const dayMilliseconds = 24 * 3600 * 1000;

export function dueOf(review: Pick<Review, 'state' | 'dueAt'>, now: Date): Due {
  if (review.state === 'closed') return 'closed';
  if (review.state === 'waiting-for-applicant') return 'paused';
  const left = review.dueAt.getTime() - now.getTime();
  if (left < 0) return 'late';
  return left < soonDays * dayMilliseconds ? 'soon' : 'in-time';
}

export async function listQueue(call: {
  readonly ctx: Context;
  readonly input: QueueQuery;
}): Promise<QueuePage> {
  const { ctx, input } = call;
  const reviewer = reviewerOf(ctx);
  const now = ctx.now();
  const closed = input.state === 'closed';
  const after = parseCursor(input.cursor);
  const sortColumn = closed ? 'closedAt' : 'dueAt';
  const beyond = closed ? { lt: after?.at ?? now } : { gt: after?.at ?? now };
  const dueRange = dueRangeOf(input.due, now);
  const rows = await ctx.db.review.findMany({
    where: {
      AND: [
        stateFilter(input.state, now),
        input.program === null ? {} : { program: input.program },
        input.kind === null ? {} : { kind: input.kind },
        dueRange === null ? {} : { state: { in: ['waiting', 'claimed'] }, dueAt: dueRange },
        input.whose === 'mine' ? { claimedBy: reviewer.handle, claimedUntil: { gt: now } } : {},
        input.whose === 'decidable' ? decidableBy(reviewer) : {},
        input.q.trim() === '' ? {} : { application: matching(input.q.trim()) },
        after === null
          ? {}
          : {
              OR: [
                { [sortColumn]: beyond },
                { [sortColumn]: after.at, id: closed ? { lt: after.id } : { gt: after.id } },
              ],
            },
      ],
    },
    include: {
      application: { select: { name: true, applicantName: true, repositoryUri: true } },
      _count: { select: { decisions: true } },
    },
    orderBy: closed ? [{ closedAt: 'desc' }, { id: 'desc' }] : [{ dueAt: 'asc' }, { id: 'asc' }],
    take: pageLength + 1,
  });
  const open = { state: { in: ['waiting', 'claimed'] } };
  const [waiting, late] = await Promise.all([
    ctx.db.review.count({ where: open }),
    ctx.db.review.count({ where: { ...open, dueAt: { lt: now } } }),
  ]);
  const items = rows.slice(0, pageLength).map((row): QueueItem => {
    const review = toReview(row, now);
    return {
      review,
      name: row.application.name ?? 'Without a name',
      applicantName: row.application.applicantName,
      repositoryUri: row.application.repositoryUri,
      decisions: row._count.decisions,
      due: dueOf(review, now),
    };
  });
  const last = items.at(-1)?.review;
  const more = rows.length > pageLength && last !== undefined;
  const lastAt = closed ? last?.closedAt : last?.dueAt;
  return {
    items,
    waiting,
    late,
    next: more && lastAt instanceof Date ? formatCursor(lastAt, last.id) : null,
  };
}

function stateFilter(state: QueueQuery['state'], now: Date) {
  if (state === 'open') return { state: { not: 'closed' } };
  // A claim whose lease has run out waits again.
  if (state === 'waiting') {
    return { OR: [{ state: 'waiting' }, { state: 'claimed', claimedUntil: { lte: now } }] };
  }
  return state === 'claimed' ? { state, claimedUntil: { gt: now } } : { state };
}

function dueRangeOf(due: QueueQuery['due'], now: Date): { lt: Date } | { gte: Date; lt: Date } | null {
  if (due === null) return null;
  if (due === 'late') return { lt: now };
  return { gte: now, lt: new Date(now.getTime() + soonDays * dayMilliseconds) };
}

/** The same rules as `disqualificationOf`, as a database condition. */
function decidableBy(reviewer: Reviewer) {
  const { identities, roles } = reviewer;
  const theirs = ofReviewer(reviewer);
  return {
    state: { not: 'closed' },
    decisions: { none: theirs },
    application: {
      NOT: { OR: identities.map(({ host, id }) => ({ applicantHost: host, applicantId: id })) },
      recusals: { none: theirs },
      OR: [{ slug: null }, { slug: { notIn: [...roles.projects.keys()] } }],
    },
    NOT: {
      kind: 'appeal',
      application: { reviews: { some: { decisions: { some: theirs } } } },
    },
  };
}

function matching(text: string) {
  const contains = { contains: text, mode: 'insensitive' } as const;
  return { OR: [{ name: contains }, { repositoryUri: contains }, { applicantName: contains }] };
}

function formatCursor(at: Date, id: number): string {
  return Buffer.from(`${at.toISOString()} ${id}`, 'utf8').toString('base64url');
}

function parseCursor(text: string | null): { readonly at: Date; readonly id: number } | null {
  if (text === null) return null;
  const [time = '', id = '', ...rest] = Buffer.from(text, 'base64url').toString('utf8').split(' ');
  const at = new Date(time);
  if (rest.length === 0 && !Number.isNaN(at.getTime()) && /^[1-9]\d{0,9}$/.test(id))
    return { at, id: Number(id) };
  throw new ReviewsError({
    code: 'QUERY_INVALID',
    message: 'This address is not one of a page of the queue.',
    fix: 'Start again from the first page.',
  });
}
