/**
 * Answers by their ETag, so that asking again costs the host next to nothing and no limit. In memory alone: what decides about a
 * signature is not read from a file that somebody else could have written, and a restart costs one look.
 */
import type { Sha256Hex } from '#core/ids/index.ts';

export interface KeptAnswer {
  readonly etag: string;
  readonly sha256: Sha256Hex;
  readonly said: unknown;
}

export interface AnswerCache {
  get(key: string): KeptAnswer | undefined;
  set(key: string, answer: KeptAnswer): void;
}

/** Forgets what wasn't asked for the longest. */
export function openAnswerCache(max: number): AnswerCache {
  const kept = new Map<string, KeptAnswer>();
  return {
    get(key) {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found;
    },
    set(key, answer) {
      kept.delete(key);
      kept.set(key, answer);
      for (const oldest of kept.keys()) {
        if (kept.size <= max) break;
        kept.delete(oldest);
      }
    },
  };
}
