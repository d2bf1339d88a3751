/**
 * Signing in and out from a plain form, without JavaScript. next-auth's own pages need its client script
 * or a token that only a second request can bring; here its route handler is called for both in turn.
 */
import NextAuth from 'next-auth';
import { cookies } from 'next/headers';
import { NextRequest, NextResponse } from 'next/server';
import { z } from 'zod';
import type { Portal } from '../portal/index.ts';
import { authOptions } from './options.ts';

/** Runs one action of next-auth and sets its cookies on the answer. Resolves to the path to go to next. */
export async function runAuthAction(
  portal: Portal,
  action: readonly string[],
  fields: Readonly<Record<string, string>>,
): Promise<string> {
  const csrf = await call(portal, 'GET', ['csrf'], null);
  const { csrfToken } = z.object({ csrfToken: z.string() }).parse(await csrf.json());
  const answer = await call(portal, 'POST', action, new URLSearchParams({ ...fields, csrfToken }));
  const location = answer.headers.get('location') ?? '/';
  // next-auth answers with absolute addresses: its own, or the code host's to sign in there.
  const own = `${portal.config.publicUrl}/`;
  return location.startsWith(own) ? `/${location.slice(own.length)}` : location;
}

async function call(
  portal: Portal,
  method: 'GET' | 'POST',
  action: readonly string[],
  body: URLSearchParams | null,
): Promise<Response> {
  const request = new NextRequest(`${portal.config.publicUrl}/api/auth/${action.join('/')}`, {
    method,
    ...(body === null
      ? {}
      : { body: body.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
  });
  const handler = NextAuth(authOptions(portal)) as (
    request: NextRequest,
    context: { params: Promise<{ nextauth: readonly string[] }> },
  ) => Promise<Response>;
  const answer = await handler(request, { params: Promise.resolve({ nextauth: action }) });
  const jar = await cookies();
  for (const cookie of new NextResponse(null, { headers: answer.headers }).cookies.getAll()) jar.set(cookie);
  return answer;
}
