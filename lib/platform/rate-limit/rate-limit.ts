/**
 * How often somebody may do something, whichever portal answers (decision 0137). While the database doesn't answer, each portal counts by itself:
 * the limit is then as many times as high as there are portals.
 */
import { createHash } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { actorName } from '../auth/index.ts';
import type { Database } from '../db/index.ts';
import { ExplainedError } from '../http/index.ts';
import type { Context } from '../portal/index.ts';
import { sharedCountsOf, type SharedCounts } from './shared-counts.ts';

export class RateLimitError extends ExplainedError<'TOO_OFTEN'> {
  static override readonly errorName = 'RateLimitError';
  /** When it may be done again, in seconds. */
  readonly retryAfterSeconds: number;
  constructor(retryAfterSeconds: number) {
    super({
      code: 'TOO_OFTEN',
      message: 'That was too often in a short time.',
      fix: `Wait ${retryAfterSeconds} seconds, then do it again: what you typed is still here.`,
    });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Whom a limit counts: a person, a token, the repository that a build is of, by the host's id of it, whatever its run; for anonymous callers their network, so that a flood from one network affects nobody else. */
export function callerName({ actor, network }: Pick<Context, 'actor' | 'network'>): string {
  if (actor.kind === 'public') return `network:${network ?? 'unknown'}`;
  if (actor.kind === 'build') return `build:${actor.verified.issuer}/${actor.repositoryId}`;
  return actorName(actor);
}

export interface RateLimit {
  /** Counts one; rejects with RateLimitError beyond the limit. `db`: where portals count together; null: not open yet. */
  count(db: Database | null, key: string): Promise<void>;
}

/** Of those that are over a limit, how many this process knows without asking. */
const refusedMax = 10_000;

/** `name`: the limit's own, at every portal the same. */
export function openRateLimit(
  input: { readonly name: string; readonly points: number; readonly seconds: number },
  countsOf: (db: Database) => SharedCounts = sharedCountsOf,
): RateLimit {
  const { name, points, seconds } = input;
  const alone = new RateLimiterMemory({ points, duration: seconds });
  /** key → until when, by performance.now(): a flood costs the database nothing beyond its limit. */
  const refused = new Map<string, number>();

  function refuse(key: string, milliseconds: number): never {
    refused.delete(key);
    refused.set(key, performance.now() + milliseconds);
    const oldest = refused.keys().next().value;
    if (refused.size > refusedMax && oldest !== undefined) refused.delete(oldest);
    throw tooOften(milliseconds);
  }

  return {
    async count(db, key) {
      const left = (refused.get(key) ?? 0) - performance.now();
      if (left > 0) throw tooOften(left);
      refused.delete(key);
      // Always counted here, too: when the database falls silent, what was done at this portal before isn't forgotten.
      const over = await countAlone(alone, key);
      const counted = db === null ? null : await countsOf(db).count(digestOf(name, key), seconds);
      if (counted === null) {
        if (over !== null) throw tooOften(over);
        return;
      }
      if (counted.count > points) refuse(key, counted.milliseconds);
    },
  };
}

/** A row is as long for everybody, whatever they call themselves. */
const digestOf = (name: string, key: string): string =>
  createHash('sha256').update(`${name}\n${key}`).digest('base64url');

/** → for how many milliseconds it is over the limit here; null: it isn't. */
async function countAlone(limiter: RateLimiterMemory, key: string): Promise<number | null> {
  try {
    await limiter.consume(key);
    return null;
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    return error.msBeforeNext;
  }
}

const tooOften = (milliseconds: number): RateLimitError =>
  new RateLimitError(Math.max(1, Math.ceil(milliseconds / 1000)));
