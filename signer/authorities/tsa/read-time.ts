/** The authority's time: read off a clock that time servers agree with, never before a time that it gave earlier. */
import { TsaError } from './error.ts';

declare class Read {
  readonly #proof: true;
}
/** Proof that the clock was found right when it said this. */
export interface TrustedTime extends Read {
  readonly at: Date;
}

interface Clock {
  readonly now: () => Date;
  /** Why the clock can't be relied on; null: it can. */
  readonly clockProblem: () => string | null;
}

const clockToleranceMs = 1000;

/** What it makes throws CLOCK_WRONG and CLOCK_WENT_BACK. */
export function createTimeReader({ now, clockProblem }: Clock): () => TrustedTime {
  let lastMs = 0;
  return () => {
    const problem = clockProblem();
    if (problem !== null) throw new TsaError('CLOCK_WRONG', problem);
    const at = now();
    // A clock set back would date new signatures before old ones: better no answer than a wrong one.
    if (at.getTime() < lastMs - clockToleranceMs) {
      throw new TsaError('CLOCK_WENT_BACK', `the clock went back from ${lastMs} to ${at.getTime()} ms`);
    }
    lastMs = Math.max(lastMs, at.getTime());
    return { at } as unknown as TrustedTime;
  };
}
