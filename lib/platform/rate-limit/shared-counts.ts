/**
 * Counts that all portals share (portal.rate_count). Of each process one statement is on its way at a time; what is to be counted meanwhile goes
 * with the next, each key once, in the order of the keys. So whoever sends a thousand requests at once makes two statements and not a thousand
 * that wait for one row, and no two portals wait for each other.
 */
import { z } from 'zod';
import type { Database } from '../db/index.ts';
import { log } from '../log/index.ts';

export interface Counted {
  /** This one included. */
  readonly count: number;
  /** Until the window ends. */
  readonly milliseconds: number;
}

export interface SharedCounts {
  /** null: the database doesn't answer, so nothing was counted for certain. */
  count(key: string, seconds: number): Promise<Counted | null>;
}

/** No request waits for its count longer than this; after that nobody asks for a while. */
const answerMilliseconds = 1_000;
const awayMilliseconds = 5_000;
/** Of one statement. */
const keysMax = 1_000;
/** Of those that wait for the next statements. */
const callersMax = 20_000;

interface Waiting {
  readonly seconds: number;
  readonly callers: ((counted: Counted | null) => void)[];
}

const rowsSchema = z.array(z.object({ key: z.string(), count: z.number(), milliseconds: z.number() }));

const all = new WeakMap<Database, SharedCounts>();

export function sharedCountsOf(db: Database): SharedCounts {
  const known = all.get(db);
  if (known !== undefined) return known;
  const made = openSharedCounts((keys) => countInDatabase(db, keys));
  all.set(db, made);
  return made;
}

export interface KeyToCount {
  readonly key: string;
  readonly seconds: number;
  /** How many to add. */
  readonly more: number;
}

/** `write` adds, and resolves to the sums. */
export function openSharedCounts(
  write: (keys: readonly KeyToCount[]) => Promise<ReadonlyMap<string, Counted>>,
  { now = () => performance.now(), answersWithin = answerMilliseconds } = {},
): SharedCounts {
  const waiting = new Map<string, Waiting>();
  let callers = 0;
  let isWriting = false;
  let awayUntil: number | null = null;

  async function writeAll(): Promise<void> {
    isWriting = true;
    while (waiting.size > 0) {
      const batch = [...waiting].slice(0, keysMax);
      for (const [key, { callers: some }] of batch) {
        waiting.delete(key);
        callers -= some.length;
      }
      const sums = await sumsOf(batch);
      for (const [key, { callers: some }] of batch) {
        const sum = sums?.get(key);
        const before = (sum?.count ?? 0) - some.length;
        some.forEach((resolve, index) =>
          resolve(sum === undefined ? null : { ...sum, count: before + index + 1 }),
        );
      }
    }
    isWriting = false;
  }

  async function sumsOf(
    batch: readonly (readonly [string, Waiting])[],
  ): Promise<ReadonlyMap<string, Counted> | null> {
    if (awayUntil !== null && now() < awayUntil) return null;
    const keys = batch.map(([key, { seconds, callers: some }]) => ({ key, seconds, more: some.length }));
    try {
      const sums = await within(answersWithin, write(keys));
      if (awayUntil !== null)
        log.info('how often somebody does something is counted by all portals together again');
      awayUntil = null;
      return sums;
    } catch (error) {
      const isNew = awayUntil === null;
      awayUntil = now() + awayMilliseconds;
      const words =
        'the database counts nothing: each portal limits by itself how often somebody does something';
      if (isNew) log.warn({ err: error }, words);
      return null;
    }
  }

  return {
    count(key, seconds) {
      if (callers >= callersMax) return Promise.resolve(null);
      return new Promise((resolve) => {
        const some = waiting.get(key) ?? { seconds, callers: [] };
        waiting.set(key, some);
        some.callers.push(resolve);
        callers += 1;
        if (!isWriting) void writeAll();
      });
    },
  };
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * One statement. The database's clock says when a window ends: those of several machines differ. One that ends later than a window that begins
 * now is over, too: that clock was ahead as it began, and its end may be years away.
 */
export async function countInDatabase(
  db: Database,
  keys: readonly KeyToCount[],
): Promise<ReadonlyMap<string, Counted>> {
  const rows = await db.$queryRaw`
    INSERT INTO portal.rate_count AS kept (key, count, ends_at)
    SELECT key, more, now() + seconds * interval '1 second'
      FROM unnest(${keys.map(({ key }) => key)}::text[], ${keys.map(({ more }) => more)}::int[],
                  ${keys.map(({ seconds }) => seconds)}::int[]) AS asked (key, more, seconds)
     ORDER BY key
        ON CONFLICT (key) DO UPDATE
       SET count = CASE WHEN kept.ends_at <= now() OR kept.ends_at > excluded.ends_at + interval '1 minute' THEN excluded.count ELSE least(kept.count, 1000000000) + excluded.count END,
           ends_at = CASE WHEN kept.ends_at <= now() OR kept.ends_at > excluded.ends_at + interval '1 minute' THEN excluded.ends_at ELSE kept.ends_at END
    RETURNING key, count, (extract(epoch FROM ends_at - now()) * 1000)::float8 AS milliseconds`;
  return new Map(
    rowsSchema.parse(rows).map(({ key, count, milliseconds }) => [key, { count, milliseconds }]),
  );
}
