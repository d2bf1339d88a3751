import { bearerActor } from '../../../lib/platform/auth/index.ts';
import { clientAddressOf, networkOf } from '../../../lib/platform/client-address/index.ts';
import { currentPortal } from '../../../lib/platform/portal/index.ts';
import type { Context } from '../../../lib/platform/portal/index.ts';
import { callerName, openRateLimit } from '../../../lib/platform/rate-limit/index.ts';
import { logFault, problemOf, problemResponse } from './problem.ts';

/** Of each token, or each network of strangers, in a minute: builds with many artifacts stay far below. */
const writes = openRateLimit({ points: 600, seconds: 60 });

/** Authenticates, runs the route's one verb, and turns whatever goes wrong into a problem document. */
export async function answer(request: Request, work: (ctx: Context) => Promise<Response>): Promise<Response> {
  let anonymous = true;
  try {
    const portal = currentPortal();
    const { headers } = request;
    const address = clientAddressOf(headers);
    const actor = await bearerActor(portal, headers.get('authorization'), address);
    anonymous = actor.kind === 'public';
    const ctx = { ...portal, actor, network: address === null ? null : networkOf(address) };
    // Reading costs little and is everybody's; what is written is counted.
    if (request.method !== 'GET') await writes.count(callerName(ctx));
    return await work(ctx);
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
