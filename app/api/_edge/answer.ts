import { actorName, bearerActor } from '../../../lib/platform/auth/index.ts';
import { clientAddressOf } from '../../../lib/platform/client-address/index.ts';
import { currentPortal } from '../../../lib/platform/portal/index.ts';
import type { Context } from '../../../lib/platform/portal/index.ts';
import { openRateLimit } from '../../../lib/platform/rate-limit/index.ts';
import { logFault, problemOf, problemResponse } from './problem.ts';

/** Of each token, in a minute: builds with many artifacts stay far below. */
const writes = openRateLimit({ points: 600, seconds: 60 });

/** Authenticates, runs the route's one verb, and turns whatever goes wrong into a problem document. */
export async function answer(request: Request, work: (ctx: Context) => Promise<Response>): Promise<Response> {
  let anonymous = true;
  try {
    const portal = currentPortal();
    const { headers } = request;
    const actor = await bearerActor(portal, headers.get('authorization'), clientAddressOf(headers));
    anonymous = actor.kind === 'public';
    // Reading costs little and is everybody's; what is written is counted.
    if (request.method !== 'GET' && actor.kind !== 'public') await writes.count(actorName(actor));
    return await work({ ...portal, actor });
  } catch (error) {
    const found = problemOf(error);
    // Nobody in particular is not forbidden anything: they have not said who they are (RFC 9110 §15.5.2).
    const problem = anonymous && found.status === 403 ? { ...found, status: 401 } : found;
    logFault(problem, error);
    return problemResponse(problem);
  }
}

export function json(
  value: unknown,
  init: { readonly status?: number; readonly headers?: HeadersInit } = {},
): Response {
  const headers = new Headers(init.headers);
  headers.set('content-type', 'application/json');
  headers.set('cache-control', 'no-store');
  return new Response(`${JSON.stringify(value)}\n`, { status: init.status ?? 200, headers });
}
