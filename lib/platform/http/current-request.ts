/**
 * What the server knows of the request at work, for whatever part of the program runs in it: kept beside the global object,
 * since a bundler gives each part a copy of this module.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

export interface CurrentRequest {
  /** What the answer, the page and the log call it. */
  readonly id: string;
  /** What a form's action says of its answer: the page is rendered by others, who would say 200. */
  outcome: FormOutcome | null;
  /** Whether it failed because something that the portal needs is down. */
  outage: boolean;
  /** Whether it may be for a server action, and whether code of the portal's own has begun to run in one. */
  action: 'none' | 'sent' | 'begun';
}

export interface FormOutcome {
  readonly status: number;
  readonly retryAfterSeconds: number | null;
}

const holder = globalThis as typeof globalThis & { countersignRequests?: AsyncLocalStorage<CurrentRequest> };
const storage = (holder.countersignRequests ??= new AsyncLocalStorage());

/** 16 hexadecimal digits: enough to find one among all that a log keeps, short enough to read out. */
export const newRequestId = (): string => randomBytes(8).toString('hex');

export function withRequest<T>(request: CurrentRequest, work: () => T): T {
  return storage.run(request, work);
}

/**
 * Says that a server action has what was sent. Each calls this first: where Next.js can't read what was sent, it answers as if the portal
 * had failed, and nothing but this tells the one from the other.
 */
export function beginAction(): void {
  const request = currentRequest();
  if (request !== null) request.action = 'begun';
}

/** null outside of the portal's own server: in tests, in jobs and under `next dev`. */
export function currentRequest(): CurrentRequest | null {
  return storage.getStore() ?? null;
}
