/** What was done for a request of the portal's, told as it ends: by whoever does it, to whoever measures it. */
import type { IncomingMessage } from 'node:http';

export interface RequestWork {
  /** Its id in answer and log, once it has one. */
  requestId: string | null;
  /** The trace that it is part of; null: none are kept. */
  traceId: string | null;
  /** Statements that PostgreSQL was given, and for how long they were waited for, added up. */
  statements: number;
  databaseMs: number;
  /** The signing request that it made. */
  signingRequest: string | null;
}

export const newWork = (): RequestWork => ({
  requestId: null,
  traceId: null,
  statements: 0,
  databaseMs: 0,
  signingRequest: null,
});

const works = new WeakMap<IncomingMessage, RequestWork>();

/** The same for the same request. */
export function workOf(request: IncomingMessage): RequestWork {
  const work = works.get(request) ?? newWork();
  works.set(request, work);
  return work;
}
