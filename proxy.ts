/**
 * The Content-Security-Policy of pages: each answer has its own nonce, which Next.js puts on the scripts
 * it writes. This authorises nothing (every verb does so itself), and it never runs for /api, so uploads
 * stream past it unbuffered.
 */
import { randomBytes } from 'node:crypto';
import { NextResponse } from 'next/server';
import type { NextRequest } from 'next/server';
import { signInOrigins } from './lib/platform/auth/sign-in-origins.ts';
import { openedPortal } from './lib/platform/portal/opened.ts';

export function proxy(request: NextRequest): NextResponse {
  const nonce = randomBytes(16).toString('base64');
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  headers.set('content-security-policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  return response;
}

function contentSecurityPolicy(nonce: string): string {
  const development = process.env.NODE_ENV === 'development';
  return [
    "default-src 'none'",
    // React's development build rebuilds stack traces with eval; production never does.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    `style-src 'self'${development ? " 'unsafe-inline'" : ` 'nonce-${nonce}'`}`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    // A sign-in form is answered with a redirect to the code host, which this directive covers too.
    ["form-action 'self'", ...signInOrigins(openedPortal()?.config.auth ?? {})].join(' '),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export const config = {
  matcher: [
    '/((?!api/|_next/|healthz|readyz|metrics|certificates/|docs(?:/|$)|pki/|openpgpkey/|\\.well-known/|icon.svg|revocations/feed\\.xml|projects/[^/]+/(?:badge\\.svg|feed\\.xml)).*)',
  ],
};
