/**
 * How many requests stand where, and how many came before one, without counting all that ever happened: the states of requests that ended don't
 * change, so those of days that are over are counted once and kept.
 */
import { z } from 'zod';
import { sql, type Database } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { isFinal, requestStatuses, requestStatusSchema } from './status.ts';
import type { RequestStatus } from './status.ts';

const dayMilliseconds = 86_400_000;
/** Of a day that is over, the signer may write down something later still, by a clock of its own. */
const lateMilliseconds = 600_000;
const recountMilliseconds = 7 * dayMilliseconds;
const ended = requestStatuses.filter((status) => isFinal(status));
const open = requestStatuses.filter((status) => !isFinal(status));

interface Counted {
  /** In milliseconds: the beginning of a day, UTC. */
  readonly day: number;
  readonly status: RequestStatus;
  readonly count: number;
}

/** Of what ended before `until`. */
interface Settled {
  readonly counted: number;
  readonly until: number;
  readonly days: readonly Counted[];
}

const settled = new WeakMap<Database, Settled>();
const counting = new WeakMap<Database, Promise<Settled>>();

const rowSchema = z.object({ day: z.date(), status: requestStatusSchema, count: z.bigint() });
const statusRowsSchema = z.array(z.object({ status: z.string(), count: z.bigint() }));
const countSchema = z.tuple([z.object({ count: z.bigint() })]);

/** How many requests stand where; for the figures on the home page. Public. */
export async function countRequests(call: {
  readonly ctx: Pick<Context, 'db' | 'now'>;
}): Promise<ReadonlyMap<RequestStatus, number>> {
  const { db, now } = call.ctx;
  const { until, days } = await settle(db, now());
  const rows = await db.$queryRaw<unknown[]>`
    SELECT status, count(*) AS count FROM signer.request_state
     WHERE status = ANY(${[...ended]}::text[]) AND updated_at >= ${new Date(until)}::timestamptz
     GROUP BY status
    UNION ALL
    SELECT status, count(*) AS count FROM signer.request_state WHERE ${isOpen} GROUP BY status`;
  const counts = new Map<RequestStatus, number>();
  const add = (status: RequestStatus, count: number): void =>
    void counts.set(status, (counts.get(status) ?? 0) + count);
  for (const { status, count } of days) add(status, count);
  for (const row of statusRowsSchema.parse(rows)) {
    const status = requestStatusSchema.safeParse(row.status);
    if (status.success) add(status.data, Number(row.count));
  }
  return counts;
}

/** A place in the order of what the signer changed last. */
export interface StatePlace {
  readonly updatedAt: Date;
  readonly id: string;
}

/** How many requests the signer changed last before this place. */
export async function countBefore(
  { db, now }: Pick<Context, 'db' | 'now'>,
  place: StatePlace,
): Promise<number> {
  const { until, days } = await settle(db, now());
  const from = Math.min(startOfDay(place.updatedAt.getTime()), until);
  const rows = await db.$queryRaw<unknown[]>`
    SELECT (SELECT count(*) FROM signer.request_state
             WHERE status = ANY(${[...ended]}::text[]) AND updated_at >= ${new Date(from)}::timestamptz AND ${before(place)})
         + (SELECT count(*) FROM signer.request_state WHERE ${isOpen} AND ${before(place)}) AS count`;
  const earlier = days.filter(({ day }) => day < from).reduce((sum, { count }) => sum + count, 0);
  return earlier + Number(countSchema.parse(rows)[0].count);
}

const before = ({ updatedAt, id }: StatePlace) =>
  sql`(updated_at, request_id) < (${updatedAt}::timestamptz, ${id}::uuid)`;

/** By the index: few are open at a time. */
const isOpen = sql`status = ANY(${[...open]}::text[])`;

async function settle(db: Database, now: Date): Promise<Settled> {
  const until = startOfDay(now.getTime() - lateMilliseconds);
  const known = settled.get(db);
  const usable = known !== undefined && now.getTime() - known.counted < recountMilliseconds ? known : null;
  if (usable?.until === until) return usable;
  const under = counting.get(db);
  if (under !== undefined) return under;
  const done = countUntil(db, until, now.getTime(), usable);
  counting.set(db, done);
  try {
    settled.set(db, await done);
  } finally {
    counting.delete(db);
  }
  return done;
}

async function countUntil(db: Database, until: number, now: number, known: Settled | null): Promise<Settled> {
  const from = known === null ? sql`'-infinity'::timestamptz` : sql`${new Date(known.until)}::timestamptz`;
  const rows = await db.$queryRaw<unknown[]>`
    SELECT date_trunc('day', updated_at, 'UTC') AS day, status, count(*) AS count FROM signer.request_state
     WHERE status = ANY(${[...ended]}::text[]) AND updated_at >= ${from} AND updated_at < ${new Date(until)}::timestamptz
     GROUP BY 1, 2`;
  const days = rows
    .map((row) => rowSchema.parse(row))
    .map(({ day, status, count }): Counted => ({ day: day.getTime(), status, count: Number(count) }));
  return { counted: known?.counted ?? now, until, days: [...(known?.days ?? []), ...days] };
}

const startOfDay = (time: number): number => Math.floor(time / dayMilliseconds) * dayMilliseconds;
