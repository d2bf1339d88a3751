import { wholeResponse } from '../../lib/platform/http/index.ts';
import { createHash } from 'node:crypto';
import { atomFeed, feedUpdated } from '../_feeds/atom/index.ts';
import type { AtomFeed } from '../_feeds/atom/index.ts';

const etagDigits = 32;

/**
 * A feed as it goes out. Readers that ask again see what was revoked meanwhile within seconds, and get nothing where nothing changed
 * (RFC 9110, section 13).
 */
export function feedResponse(request: Request, feed: AtomFeed): Response {
  const document = atomFeed(feed);
  const etag = `"${createHash('sha256').update(document).digest('hex').slice(0, etagDigits)}"`;
  const updated = feedUpdated(feed);
  const headers = {
    'cache-control': 'public, max-age=10',
    etag,
    'last-modified': updated.toUTCString(),
  };
  if (isUnchanged(request.headers, etag, updated)) return new Response(null, { status: 304, headers });
  return wholeResponse(document, {
    headers: { ...headers, 'content-type': 'application/atom+xml; charset=utf-8' },
  });
}

/** Where a reader names what it has, that alone counts; the time is in whole seconds. */
function isUnchanged(asked: Headers, etag: string, updated: Date): boolean {
  const tags = asked.get('if-none-match');
  if (tags !== null)
    return tags.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')));
  const since = Date.parse(asked.get('if-modified-since') ?? '');
  return !Number.isNaN(since) && Math.floor(updated.getTime() / 1000) * 1000 <= since;
}
