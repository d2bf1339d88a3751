import type { IncomingMessage } from 'node:http';

/** They change nothing (RFC 9110 §9.2.1). */
const safe = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

/**
 * Whether another site's page sent this on behalf of somebody with a session here (cross-site request forgery). `origin`: the
 * portal's own, from its configuration; the host named in the request is the sender's claim. A bearer token isn't sent by itself,
 * so calls with one may come from anywhere; programs send no Origin at all. `null` is the origin of pages that hide theirs.
 */
export function isForeign(
  { method = 'GET', headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  origin: string,
): boolean {
  if (safe.includes(method) || headers.authorization !== undefined) return false;
  if (headers.origin !== undefined) return headers.origin !== origin;
  // Fetch Metadata: browsers that leave the Origin away say at least this.
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
