/** A browser's request around a route that a test calls: with the session cookie of somebody, or of nobody. For tests. */
// Gives Next.js its AsyncLocalStorage: before anything else of it.
import 'next/dist/server/node-environment-baseline.js';
import { workAsyncStorage } from 'next/dist/server/app-render/work-async-storage.external.js';
import { workUnitAsyncStorage } from 'next/dist/server/app-render/work-unit-async-storage.external.js';
import { RequestCookies } from 'next/dist/server/web/spec-extension/cookies.js';
import { encode } from 'next-auth/jwt';
import type { Identity } from '#core/identity/index.ts';
import type { Portal } from '../portal/index.ts';
import { readSecret } from '../session-secret/index.ts';

/** Runs `work` as Next.js would for a request; `account` null: nobody is signed in. */
export const withSession = <T>(
  portal: Portal,
  account: Identity | null,
  work: () => Promise<T>,
): Promise<T> =>
  withCookie(
    portal,
    account === null ? null : { identity: account, development: true, name: 'Somebody' },
    work,
  );

/** The same with whatever a cookie of this portal holds. */
export async function withCookie<T>(
  portal: Pick<Portal, 'config'>,
  held: Readonly<Record<string, unknown>> | null,
  work: () => Promise<T>,
): Promise<T> {
  const headers = new Headers();
  if (held !== null) {
    const secret = readSecret(portal.config.auth.secretFile);
    const token = await encode({ token: { ...held }, secret });
    const prefix = portal.config.publicUrl.startsWith('https://') ? '__Secure-' : '';
    headers.set('cookie', `${prefix}next-auth.session-token=${token}`);
  }
  return withHeaders(headers, work);
}

/** The same with whatever headers a browser sends. */
export function withHeaders<T>(headers: Headers, work: () => Promise<T>): Promise<T> {
  const place = { route: '/test', page: '/test', forceStatic: false, dynamicShouldError: false };
  const unit = { type: 'request', phase: 'render', headers, cookies: new RequestCookies(headers) };
  return workAsyncStorage.run(place as never, () => workUnitAsyncStorage.run(unit as never, work));
}
