/** How often and how long a call is tried again: pauses that grow, with jitter, and as long as the portal asks for. */
import { setTimeout as sleepFor } from 'node:timers/promises';
import { ClientError, isPassing } from './error.ts';
import { isLasting } from './network-failure.ts';

export interface Patience {
  /** For so long after it last got anywhere, a call is tried again; 0: never. */
  readonly seconds: number;
  /** Hears of each pause before it begins. */
  readonly onPause?: (pause: { readonly error: ClientError; readonly milliseconds: number }) => void;
  /** For tests. */
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  readonly random?: () => number;
}

/** Who calls: until when, and how patiently. */
export interface Going {
  readonly signal?: AbortSignal | undefined;
  readonly patience?: Patience | undefined;
}

export const usualPatience: Patience = { seconds: 120 };
const pauseMilliseconds = { first: 500, most: 20_000 };

/** A cut after less than this is no progress: who gives a byte at a time would be asked for ever. */
export const progressBytes = 64 * 1024;

/** Pauses between the attempts of one call. */
export class Pauses {
  readonly #patience: Patience;
  readonly #signal: AbortSignal | undefined;
  #attempts = 0;
  #spent = 0;

  constructor({ patience = usualPatience, signal }: Going) {
    this.#patience = patience;
    this.#signal = signal;
  }

  /** It got somewhere: what fails next is a new failure. */
  reset(): void {
    this.#attempts = 0;
    this.#spent = 0;
  }

  /** Waits before the next attempt. Throws `error` where no attempt follows: it won't pass, or not in time. */
  async after(error: unknown): Promise<void> {
    if (!isPassing(error) || isLasting(error) || isFinal(error)) throw error;
    const { seconds, onPause, sleep = pause, random = Math.random } = this.#patience;
    const grown = Math.min(pauseMilliseconds.first * 2 ** this.#attempts, pauseMilliseconds.most);
    const asked = (error.retryAfterSeconds ?? 0) * 1000;
    // Half of it by chance, so that many who failed together don't come back together.
    const milliseconds = Math.round(Math.max(asked, grown / 2) + (random() * grown) / 2);
    if (this.#spent + milliseconds > seconds * 1000) throw error;
    this.#attempts += 1;
    this.#spent += milliseconds;
    onPause?.({ error, milliseconds });
    await sleep(milliseconds, this.#signal);
  }
}

/** 501 and 505 don't pass; a full disk not within minutes. */
const isFinal = ({ problem }: ClientError): boolean =>
  problem !== null && [501, 505, 507].includes(problem.status);

/** Throws ClientError ABORTED at once when `signal` says so. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleepFor(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw new ClientError('ABORTED', 'it was interrupted', { cause: error });
  }
}

/** `attempt` until it succeeds, fails for good, or patience ends. */
export async function patiently<T>(going: Going, attempt: () => Promise<T>): Promise<T> {
  const pauses = new Pauses(going);
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      await pauses.after(error);
    }
  }
}
