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
  /** `bytes`: of the answer that it was read from, which it isn't larger than. */
  set(key: string, answer: KeptAnswer, bytes: number): void;
}

/** Forgets what wasn't asked for the longest. */
export function openAnswerCache(answersMax: number, bytesMax: number): AnswerCache {
  const kept = new Map<string, KeptAnswer & { readonly bytes: number }>();
  let held = 0;
  const forget = (key: string): void => {
    held -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  };
  return {
    get(key) {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found;
    },
    set(key, answer, bytes) {
      forget(key);
      kept.set(key, { ...answer, bytes });
      held += bytes;
      for (const oldest of kept.keys()) {
        if (kept.size <= answersMax && held <= bytesMax) break;
        forget(oldest);
      }
    },
  };
}
