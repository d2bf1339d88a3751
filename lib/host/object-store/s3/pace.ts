/** How long a server is waited for, and how often it is asked again. */

export interface Pace {
  readonly attemptsMax: number;
  /** The first pause is random up to this; each further one up to twice the last, and at most pauseMax. */
  readonly pauseMilliseconds: number;
  readonly pauseMillisecondsMax: number;
  /** Until an answer begins; also the longest without a byte of it. */
  readonly answerMilliseconds: number;
  /** Slower than this over all the waiting for an answer's bytes, a minute's grace apart, is given up. */
  readonly bytesPerSecondMin: number;
}

export const usualPace: Pace = {
  attemptsMax: 5,
  pauseMilliseconds: 200,
  pauseMillisecondsMax: 5_000,
  answerMilliseconds: 30_000,
  bytesPerSecondMin: 16 * 1024,
};

/** Full jitter: many that were refused at once don't come back at once. `attempt` counts from 1. */
export const pauseAfter = (pace: Pace, attempt: number): number =>
  Math.random() * Math.min(pace.pauseMillisecondsMax, pace.pauseMilliseconds * 2 ** (attempt - 1));
