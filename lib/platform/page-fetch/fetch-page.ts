/**
 * Fetches a page whose address a user typed, from the checked address alone. Redirects are followed one by one, each checked like a
 * new address.
 */
import { createHash } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isError } from '#core/error/index.ts';
import { fetchError, PageFetchError } from './error.ts';
import { httpsPort, pinnedTo, placeOf, short, timedOut } from './place.ts';
import { resolveByDns } from './resolve.ts';
import type { Place, PlaceLimits, Resolve } from './place.ts';

export interface PageFetchOptions {
  /** For development and tests: pages of this machine, over http, on any port. */
  readonly allowLoopback: boolean;
  /** The whole exchange, redirects and all. */
  readonly timeoutMilliseconds?: number;
  readonly bytesMax?: number;
  readonly redirectsMax?: number;
  readonly resolve?: Resolve;
}

export interface FetchedPage {
  /** Where the redirects ended. */
  readonly url: string;
  readonly text: string;
  readonly sha256: string;
}

export type FetchPage = (url: string) => Promise<FetchedPage>;

const defaults = { timeoutMilliseconds: 10_000, bytesMax: 2 * 1024 * 1024, redirectsMax: 5 };
const headerBytesMax = 16 * 1024;
const textTypes = /^(?:text\/html|application\/xhtml\+xml|text\/plain)\s*(?:;|$)/i;

/** Rejects with PageFetchError, whatever the other side does. */
export function openPageFetch(options: PageFetchOptions): FetchPage {
  const limits = { ...defaults, ...options, resolve: options.resolve ?? resolveByDns, ports: [httpsPort] };
  return async (url) => {
    const deadline = AbortSignal.timeout(limits.timeoutMilliseconds);
    let next = url;
    for (let redirects = 0; redirects <= limits.redirectsMax; redirects++) {
      const place = await placeOf(next, limits, deadline);
      const answer = await exchange(place, limits, deadline);
      if ('page' in answer) return answer.page;
      next = answer.location;
    }
    throw fetchError(
      'TOO_MANY_REDIRECTS',
      `${short(url)} redirects more than ${limits.redirectsMax} times.`,
      'Give the address where it ends.',
    );
  };
}

type Limits = Required<PageFetchOptions> & PlaceLimits;

type Exchanged = { readonly page: FetchedPage } | { readonly location: string };

async function exchange({ url, address }: Place, limits: Limits, deadline: AbortSignal): Promise<Exchanged> {
  const options: RequestOptions = {
    method: 'GET',
    signal: deadline,
    maxHeaderSize: headerBytesMax,
    headers: {
      accept: 'text/html, text/plain',
      'accept-encoding': 'identity',
      'user-agent': 'countersign',
    },
    ...pinnedTo(address),
  };
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const send = url.protocol === 'https:' ? requestHttps : requestHttp;
      send(url, options, resolve).on('error', reject).end();
    });
    try {
      return await read(url, response, limits);
    } finally {
      response.destroy();
    }
  } catch (error) {
    if (isError(error, PageFetchError)) throw error;
    if (deadline.aborted) throw timedOut(url.href);
    throw fetchError('UNREACHABLE', `${short(url.href)} can’t be reached.`, 'Check the address.', error);
  }
}

async function read(url: URL, response: IncomingMessage, limits: Limits): Promise<Exchanged> {
  const status = response.statusCode ?? 0;
  const { location } = response.headers;
  if ([301, 302, 303, 307, 308].includes(status) && location !== undefined) {
    if (!URL.canParse(location, url.href)) {
      throw fetchError(
        'ADDRESS_REFUSED',
        `${short(url.href)} redirects without a location.`,
        'Correct the page.',
      );
    }
    return { location: new URL(location, url.href).href };
  }
  if (status !== 200) {
    throw fetchError('BAD_STATUS', `${short(url.href)} answers with ${status}.`, 'Check the address.');
  }
  const type = response.headers['content-type'] ?? '';
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (!textTypes.test(type) || encoding !== 'identity') {
    throw fetchError(
      'NOT_TEXT',
      `${short(url.href)} is not a web page: ${type.slice(0, 60)}.`,
      'Give a web page.',
    );
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limits.bytesMax) {
      throw fetchError(
        'TOO_LARGE',
        `${short(url.href)} is larger than ${limits.bytesMax} bytes.`,
        'Make it smaller.',
      );
    }
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  return {
    page: {
      url: url.href,
      text: decode(body, /charset\s*=\s*"?([\w-]{1,40})/i.exec(type)?.[1]),
      sha256: createHash('sha256').update(body).digest('hex'),
    },
  };
}

/** What isn't known is read as UTF-8, with replacements: the searched words are still found. */
function decode(body: Buffer, charset = 'utf-8'): string {
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return new TextDecoder('utf-8').decode(body);
  }
}
