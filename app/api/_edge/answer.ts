import { bearerActor } from '../../../lib/platform/auth/index.ts';
import { currentPortal } from '../../../lib/platform/portal/index.ts';
import type { Context } from '../../../lib/platform/portal/index.ts';
import { problemOf, problemResponse } from './problem.ts';

/** Authenticates, runs the route's one verb, and turns whatever goes wrong into a problem document. */
export async function answer(request: Request, work: (ctx: Context) => Promise<Response>): Promise<Response> {
  try {
    const portal = currentPortal();
    const actor = await bearerActor(portal, request.headers.get('authorization'));
    return await work({ ...portal, actor });
  } catch (error) {
    const problem = problemOf(error);
    if (problem.code === 'TEMPORARILY_UNAVAILABLE') console.error(error);
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
