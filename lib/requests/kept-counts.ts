/** Counts of what only grows at its end: up to where it was counted, and how many there were. */
import type { Database } from '../platform/db/index.ts';

const keptMax = 2_000;

export interface KeptCount {
  /** The last that was counted. */
  readonly to: bigint;
  readonly count: number;
}

interface KeptCounts {
  get(key: string): KeptCount | undefined;
  set(key: string, value: KeptCount): void;
}

const all = new WeakMap<Database, KeptCounts>();

export function keptCounts(db: Database): KeptCounts {
  const known = all.get(db);
  if (known !== undefined) return known;
  const made = openKeptCounts(keptMax);
  all.set(db, made);
  return made;
}

/** Forgets what wasn't asked for the longest. */
export function openKeptCounts(max: number): KeptCounts {
  const counts = new Map<string, KeptCount>();
  return {
    get(key) {
      const value = counts.get(key);
      if (value === undefined) return undefined;
      counts.delete(key);
      counts.set(key, value);
      return value;
    },
    set(key, value) {
      counts.delete(key);
      counts.set(key, value);
      for (const oldest of counts.keys()) {
        if (counts.size <= max) break;
        counts.delete(oldest);
      }
    },
  };
}
