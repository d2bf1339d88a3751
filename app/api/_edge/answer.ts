import { z } from 'zod';
import { bearerActor } from '../../../lib/platform/auth/index.ts';
import { clientAddressOf, networkOf } from '../../../lib/platform/client-address/index.ts';
import { wholeResponse } from '../../../lib/platform/http/index.ts';
import { currentPortal } from '../../../lib/platform/portal/index.ts';
import type { Context } from '../../../lib/platform/portal/index.ts';
import { callerName, openRateLimit } from '../../../lib/platform/rate-limit/index.ts';
import { checkedQuery } from './check.ts';
import { logFault, problemOf, problemResponse } from './problem.ts';
import type { Problem } from './problem.ts';

/** Of each token, or each network of strangers, in a minute: builds with many artifacts stay far below. */
const writes = openRateLimit({ name: 'writes', points: 600, seconds: 60 });

const nothing = z.strictObject({});

/** As `answerQuery`, for addresses without parameters behind the question mark: any there is refused. */
export const answer = (request: Request, work: (ctx: Context) => Promise<Response>): Promise<Response> =>
  answerQuery(request, nothing, work);

/**
 * Authenticates, checks what stands behind the question mark, runs the route's one verb, and turns whatever goes wrong into a
 * problem document. The schema is strict: a name that it lacks is a mistake of the caller's, who otherwise takes the answer for
 * another than it is.
 */
export async function answerQuery<Query extends z.ZodObject>(
  request: Request,
  query: Query,
  work: (ctx: Context, asked: z.output<Query>) => Promise<Response>,
  /** Members of a problem that clients of another protocol look for. */
  members: (problem: Problem) => Readonly<Record<string, unknown>> = () => ({}),
): Promise<Response> {
  let anonymous = true;
  try {
    const portal = currentPortal();
    const { headers } = request;
    const address = clientAddressOf(headers);
    const actor = await bearerActor(portal, headers.get('authorization'), address);
    anonymous = actor.kind === 'public';
    const ctx = { ...portal, actor, network: address === null ? null : networkOf(address) };
    // Reading costs little and is everybody's; what is written is counted.
    if (request.method !== 'GET') await writes.count(portal.db, callerName(ctx));
    const response = await work(ctx, checkedQuery(request, query));
    return request.method === 'HEAD' ? await headOf(response) : response;
  } catch (error) {
    const found = problemOf(error);
    // Nobody in particular is not forbidden anything: they have not said who they are (RFC 9110 §15.5.2).
    const problem = anonymous && found.status === 403 ? { ...found, status: 401 } : found;
    logFault(problem, error);
    return problemResponse({ ...problem, members: { ...problem.members, ...members(problem) } });
  }
}

/** Next.js answers HEAD by GET and reads no body: one that nobody ends would keep what it holds, such as a place to wait in. */
async function headOf({ body, status, headers }: Response): Promise<Response> {
  await body?.cancel();
  return new Response(null, { status, headers });
}

export function json(
  value: unknown,
  init: { readonly status?: number; readonly headers?: HeadersInit } = {},
): Response {
  const headers = new Headers(init.headers);
  headers.set('content-type', 'application/json');
  headers.set('cache-control', 'no-store');
  return wholeResponse(`${JSON.stringify(value)}\n`, { status: init.status ?? 200, headers });
}
