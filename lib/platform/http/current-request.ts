/**
 * What the server knows about the current request, for all parts of the program: kept on the global object, since a bundler
 * gives each part its own copy of this module.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestWork } from './request-work.ts';
import { randomBytes } from 'node:crypto';

export interface CurrentRequest {
  /** Its id in the answer, the page and the log. */
  readonly id: string;
  /** The status set by a form's action: the page is rendered separately and would answer 200. */
  outcome: FormOutcome | null;
  /** Whether it failed because something that the portal needs is down. */
  outage: boolean;
  /** Whether it may be for a server action, and whether code of the portal's own has begun to run in one. */
  action: 'none' | 'sent' | 'begun';
  /** What is being done for it. */
  readonly work: RequestWork;
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
 * Records that a server action received its input. Every action calls this first: if Next.js can't read the input, it answers
 * as if the portal had failed, and only this distinguishes the two.
 */
export function beginAction(): void {
  const request = currentRequest();
  if (request !== null) request.action = 'begun';
}

/** null outside of the portal's own server: in tests, in jobs and under `next dev`. */
export function currentRequest(): CurrentRequest | null {
  return storage.getStore() ?? null;
}

/** Records that the request at work made this signing request. */
export function noteSigningRequest(id: string): void {
  const request = currentRequest();
  if (request !== null) request.work.signingRequest = id;
}
