/** Public statistics of the queue: its length, how long reviews take, how they end. */
import { z } from 'zod';
import type { Portal } from '../platform/portal/index.ts';

export interface ReviewStatistics {
  /** Waiting for the foundation. */
  readonly waiting: number;
  /** Waiting for applicants to answer. */
  readonly asked: number;
  /** Of the last decisions on first applications: how many were counted, and their median in days. null: too few. */
  readonly median: { readonly days: number; readonly of: number } | null;
  /** Decisions of the last 365 days by program. */
  readonly outcomes: readonly {
    readonly program: string;
    readonly accepted: number;
    readonly rejected: number;
  }[];
}

const lastDecisions = 20;
/** Fewer are meaningless, and could reveal a single applicant. */
const decisionsMin = 3;
const dayMilliseconds = 24 * 3600 * 1000;
const openSchema = z.array(z.object({ state: z.string(), count: z.number() }));

export async function reviewStatistics(call: {
  readonly ctx: Pick<Portal, 'db' | 'now'>;
}): Promise<ReviewStatistics> {
  const { db, now } = call.ctx;
  const decided = { state: 'closed', outcome: { in: ['accepted', 'rejected'] } };
  const [open, last, outcomes] = await Promise.all([
    db.review.groupBy({
      by: ['state'],
      where: { state: { not: 'closed' }, kind: { not: 'again' } },
      _count: true,
    }),
    db.review.findMany({
      where: { ...decided, kind: 'first' },
      orderBy: { closedAt: 'desc' },
      take: lastDecisions,
      select: { openedAt: true, closedAt: true },
    }),
    db.review.groupBy({
      by: ['program', 'outcome'],
      where: { ...decided, closedAt: { gt: new Date(now().getTime() - 365 * dayMilliseconds) } },
      _count: true,
    }),
  ]);
  const states = openSchema.parse(open.map((row) => ({ state: row.state, count: row._count })));
  const count = (asked: boolean): number =>
    states
      .filter((row) => (row.state === 'waiting-for-applicant') === asked)
      .reduce((sum, row) => sum + row.count, 0);
  const days = last
    .map((row) => ((row.closedAt ?? row.openedAt).getTime() - row.openedAt.getTime()) / dayMilliseconds)
    .sort((a, b) => a - b);
  const of = (program: string, outcome: string): number =>
    outcomes.find((row) => row.program === program && row.outcome === outcome)?._count ?? 0;
  return {
    waiting: count(false),
    asked: count(true),
    median: days.length < decisionsMin ? null : { days: medianOf(days), of: days.length },
    outcomes: ['executables', 'components'].map((program) => ({
      program,
      accepted: of(program, 'accepted'),
      rejected: of(program, 'rejected'),
    })),
  };
}

/** Of sorted numbers; the higher of the two in the middle: an estimate that is too short is worse. */
function medianOf(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
