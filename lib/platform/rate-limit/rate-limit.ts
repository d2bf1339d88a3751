/**
 * How often somebody may do something. Counted in this process: with several portals the limit is that many times as high,
 * which is acceptable.
 */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { actorName } from '../auth/index.ts';
import { ExplainedError } from '../http/index.ts';
import type { Context } from '../portal/index.ts';

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
  /** Counts one; rejects with RateLimitError beyond the limit. */
  count(key: string): Promise<void>;
}

export function openRateLimit(input: { readonly points: number; readonly seconds: number }): RateLimit {
  const limiter = new RateLimiterMemory({ points: input.points, duration: input.seconds });
  return {
    async count(key) {
      try {
        await limiter.consume(key);
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        throw new RateLimitError(Math.max(1, Math.ceil(error.msBeforeNext / 1000)));
      }
    },
  };
}
