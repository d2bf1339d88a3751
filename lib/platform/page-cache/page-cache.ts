/**
 * Public pages as documents: for readers without a session, a page is rendered once, stripped of its scripts and served to
 * everybody who requests it within a second. Rendering costs some fifteen milliseconds of one processor, so fifty readers at once would
 * wait for most of a second each.
 *
 * A page may be shared only where nothing about the reader went into it: a GET without cookies and credentials, answered
 * 200 with HTML and no cookie. What a person changes here is seen at once, for every verb that isn't read-only empties
 * the cache; what the signer or a sync writes is seen after a second at the latest.
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { asDocument } from './document.ts';
import { record, type Recorded } from './record.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface PageCacheOptions {
  readonly freshMilliseconds: number;
  readonly pagesMax: number;
  /** of one page */
  readonly pageBytesMax: number;
  /** of all pages together */
  readonly bytesMax: number;
  readonly now: () => number;
}

const defaults: PageCacheOptions = {
  freshMilliseconds: 1000,
  pagesMax: 500,
  pageBytesMax: 1024 * 1024,
  bytesMax: 64 * 1024 * 1024,
  now: () => performance.now(),
};

interface KeptPage {
  readonly headers: OutgoingHttpHeaders;
  readonly plain: Buffer;
  readonly compressed: Buffer;
  /** in milliseconds, as `now` says */
  readonly until: number;
}

/** Headers that can change the answer: requests with any of these are not cached. */
export const personal = [
  'cookie',
  'authorization',
  'range',
  'rsc',
  'next-action',
  'next-url',
  'x-middleware-subrequest',
];
/** What the pages' own addresses may be made from: part of what a kept page answers. */
export const seenFrom = ['host', 'x-forwarded-host', 'x-forwarded-proto'];
/** No pages: files, data, and what answers for itself (as in proxy.ts). */
const noPages =
  /^\/(?:_next\/|api\/|certificates\/|pki\/|openpgpkey\/|\.well-known\/|schemas\/|healthz|readyz|metrics)|\.(?:svg|xml|json|txt)(?:\?|$)/;
const addressLengthMax = 2000;

/** → a handler that answers from the cache where it may, and by `handler` otherwise. */
export function cachePages(handler: Handler, options: Partial<PageCacheOptions> = {}): Handler {
  const { freshMilliseconds, pagesMax, pageBytesMax, bytesMax, now } = { ...defaults, ...options };
  let pages = new Map<string, KeptPage>();
  let coming = new Map<string, Promise<KeptPage | null>>();
  let bytes = 0;

  const empty = (): void => {
    pages = new Map();
    coming = new Map();
    bytes = 0;
  };
  const drop = (key: string, page: KeptPage): void => {
    if (pages.delete(key)) bytes -= sizeOf(page);
  };
  const store = (key: string, page: KeptPage): void => {
    const before = pages.get(key);
    if (before !== undefined) drop(key, before);
    pages.set(key, page);
    bytes += sizeOf(page);
    for (const [oldKey, old] of pages) {
      if (pages.size <= pagesMax && bytes <= bytesMax && old.until > now()) break;
      drop(oldKey, old);
    }
  };

  /** Lets `handler` answer this reader, and keeps the answer where others may have it. */
  const render = async (key: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<KeptPage | null>();
    const mine = coming;
    mine.set(key, promise);
    const done = (page: KeptPage | null): void => {
      if (mine.get(key) === promise) mine.delete(key);
      // A page rendered before the cache was emptied must not be put into it afterwards.
      if (page !== null && mine === coming) store(key, page);
      resolve(page);
    };
    response.once('close', () => done(null));
    const compressed = acceptsGzip(request);
    delete request.headers['accept-encoding'];
    delete request.headers['user-agent'];
    record(response, pageBytesMax, (recorded) => {
      const page = shareable(recorded) ? toPage(recorded, now() + freshMilliseconds) : null;
      done(page);
      if (page === null) response.end(recorded.body);
      else send(page, compressed, response);
    });
    await handler(request, response);
  };

  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      // A refused request changed nothing, and doesn't empty the cache.
      response.once('close', () => {
        if (response.statusCode < 400) empty();
      });
      return handler(request, response);
    }
    const key = keyOf(request);
    if (key === null) return handler(request, response);
    const kept = pages.get(key);
    const page = kept !== undefined && kept.until > now() ? kept : await coming.get(key);
    if (page === undefined) return render(key, request, response);
    if (page === null) return handler(request, response);
    send(page, acceptsGzip(request), response);
  };
}

/** → null where the answer may be for this reader alone. */
function keyOf({ method, url = '', headers }: IncomingMessage): string | null {
  if (method !== 'GET' || url.length > addressLengthMax || noPages.test(url)) return null;
  if (personal.some((name) => headers[name] !== undefined)) return null;
  return JSON.stringify([url, ...seenFrom.map((name) => headers[name] ?? null)]);
}

function shareable({ status, headers }: Recorded): boolean {
  return (
    status === 200 &&
    String(headers['content-type']).startsWith('text/html') &&
    headers['set-cookie'] === undefined &&
    headers['content-encoding'] === undefined
  );
}

function toPage({ headers, body }: Recorded, until: number): KeptPage | null {
  const policy = headers['content-security-policy'];
  if (typeof policy !== 'string' || policy === '') return null;
  const document = asDocument({ html: body.toString('utf8'), policy });
  if (document === null) return null;
  const plain = Buffer.from(document.html);
  return {
    headers: { ...headers, 'content-security-policy': document.policy },
    plain,
    compressed: gzipSync(plain),
    until,
  };
}

function sizeOf({ plain, compressed }: KeptPage): number {
  return plain.length + compressed.length;
}

export function acceptsGzip({ headers }: IncomingMessage): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(headers['accept-encoding']?.toString() ?? '');
}

/** Of one connection, or of the page with its scripts, so not for another reader. */
export const notShared = new Set(['connection', 'date', 'keep-alive', 'link', 'transfer-encoding', 'vary']);

function send(page: KeptPage, compressed: boolean, response: ServerResponse): void {
  for (const [name, value] of Object.entries(page.headers)) {
    if (value !== undefined && !notShared.has(name)) response.setHeader(name, value);
  }
  for (const name of ['transfer-encoding', 'link']) response.removeHeader(name);
  response.setHeader('vary', 'cookie, accept-encoding, rsc');
  if (compressed) response.setHeader('content-encoding', 'gzip');
  const body = compressed ? page.compressed : page.plain;
  response.setHeader('content-length', body.length);
  response.end(body);
}
