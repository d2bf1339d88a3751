/** One request and its answer, over a connection to an address that was looked at before. */
import { request as requestHttp } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { readPage } from './answer.ts';
import type { SafePage } from './answer.ts';
import { SafeFetchError, shown } from './error.ts';
import { timeout } from './target.ts';
import type { Target } from './target.ts';

const headerBytesMax = 16 * 1024;
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export type Answer =
  | { readonly kind: 'page'; readonly page: SafePage }
  | { readonly kind: 'redirect'; readonly location: string };

export async function exchange(target: Target, bytesMax: number, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await send(target, signal);
    try {
      const location = redirectOf(target.url, response);
      return location === null
        ? { kind: 'page', page: await readPage(target.url, response, bytesMax) }
        : { kind: 'redirect', location };
    } finally {
      response.destroy();
    }
  } catch (error) {
    if (error instanceof SafeFetchError) throw error;
    if (signal.aborted) throw timeout(`${shown(target.url.href)} took too long to answer.`);
    throw new SafeFetchError({
      code: 'UNREACHABLE',
      message: `${shown(target.url.href)} can’t be reached.`,
      fix: 'Check that the page opens in a browser without a warning.',
      cause: error,
    });
  }
}

function send(target: Target, signal: AbortSignal): Promise<IncomingMessage> {
  const options: RequestOptions = {
    signal,
    // A connection of its own: one kept alive from earlier would have skipped the check of its address.
    agent: false,
    lookup: pinnedTo(target.addresses),
    maxHeaderSize: headerBytesMax,
    headers: {
      accept: 'text/html, application/xhtml+xml, text/plain',
      'accept-encoding': 'identity',
      'user-agent': 'countersign',
    },
  };
  const request = target.url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    request(target.url, options, resolve).on('error', reject).end();
  });
}

/** Answers with what was looked at, whatever DNS says by now. The name still goes into SNI and the Host header. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, options, callback) => {
    const [first] = found;
    if (options.all === true || first === undefined) callback(null, found);
    else callback(null, first.address, first.family);
  };
}

/** null: the answer is no redirect. */
function redirectOf(url: URL, response: IncomingMessage): string | null {
  const { location } = response.headers;
  if (!redirectStatuses.has(response.statusCode ?? 0) || location === undefined) return null;
  // What can't be resolved goes on as it is, and is refused as an address.
  return URL.parse(location, url.href)?.href ?? location;
}
