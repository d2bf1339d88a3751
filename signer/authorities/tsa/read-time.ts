/** The authority's time: from a clock that time servers agree with, never earlier than a time that it gave before. */
import { TsaError } from './error.ts';

declare class Read {
  readonly #proof: true;
}
/** Proof that the clock was right when this time was read. */
export interface TrustedTime extends Read {
  readonly at: Date;
}

interface Clock {
  readonly now: () => Date;
  /** Why the clock can't be relied on; null: it can. */
  readonly clockProblem: () => string | null;
}

const clockToleranceMs = 1000;

/** The returned reader throws CLOCK_WRONG and CLOCK_WENT_BACK. */
export function createTimeReader({ now, clockProblem }: Clock): () => TrustedTime {
  let lastMs = 0;
  return () => {
    const problem = clockProblem();
    if (problem !== null) throw new TsaError('CLOCK_WRONG', problem);
    const at = now();
    // A clock set back would date new signatures before old ones: no answer is better than a wrong one.
    if (at.getTime() < lastMs - clockToleranceMs) {
      throw new TsaError('CLOCK_WENT_BACK', `the clock went back from ${lastMs} to ${at.getTime()} ms`);
    }
    lastMs = Math.max(lastMs, at.getTime());
    return { at } as unknown as TrustedTime;
  };
}
