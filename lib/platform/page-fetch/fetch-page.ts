/**
 * Fetches a page whose address a user typed. The host is resolved once, all of its addresses have to be public, and the
 * connection goes to the address that was checked: a later DNS answer changes nothing (DNS rebinding). Redirects are followed
 * one by one, each checked like a new address.
 */
import { createHash } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { request as requestHttp } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { isError } from '#core/error/index.ts';
import { fetchError, PageFetchError } from './error.ts';
import { isPublicAddress } from './public-address.ts';

export interface PageFetchOptions {
  /** For development and tests: pages of this machine, over http, on any port. */
  readonly allowLoopback: boolean;
  /** The whole exchange, redirects and all. */
  readonly timeoutMilliseconds?: number;
  readonly bytesMax?: number;
  readonly redirectsMax?: number;
  /** Host name → its IP addresses. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
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

/** RFC 2606, RFC 6761: reserved names that lead nowhere, so they are not resolved. */
const reserved = /(?:^|\.)(?:example|invalid|test)$/i;

async function resolveByDns(host: string): Promise<readonly string[]> {
  if (reserved.test(host)) throw new Error(`${host} is reserved`);
  return (await lookup(host, { all: true })).map((address) => address.address);
}

/** Rejects with PageFetchError, whatever the other side does. */
export function openPageFetch(options: PageFetchOptions): FetchPage {
  const limits = { ...defaults, ...options, resolve: options.resolve ?? resolveByDns };
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

const short = (url: string): string => url.slice(0, 200);

interface Place {
  readonly url: URL;
  readonly address: string;
}

type Limits = Required<PageFetchOptions>;

async function placeOf(text: string, limits: Limits, deadline: AbortSignal): Promise<Place> {
  const refuse = (why: string): PageFetchError =>
    fetchError('ADDRESS_REFUSED', `${short(text)}: ${why}.`, 'Give a public https:// address.');
  if (!URL.canParse(text) || text.length > 2_000) throw refuse('it is not a valid address');
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw refuse('it contains a user name or password');
  if (url.protocol !== 'https:' && !(limits.allowLoopback && url.protocol === 'http:')) {
    throw refuse('only https is allowed');
  }
  // The URL parser has turned 127.1, 0x7f000001 and the like into dotted numbers.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const literal = isIP(host) !== 0;
  const addresses = literal ? [host] : await resolved(host, limits, deadline);
  const [address] = addresses;
  if (address === undefined) {
    throw fetchError('NOT_RESOLVED', `${host.slice(0, 200)} has no address.`, 'Check the name.');
  }
  if (limits.allowLoopback && addresses.every(isLoopback)) return { url, address };
  if (url.protocol !== 'https:') throw refuse('only https is allowed');
  if (literal) throw refuse('it names no host');
  if (url.port !== '') throw refuse('only the default port is allowed');
  if (!addresses.every(isPublicAddress)) throw refuse('it leads to an address that isn’t public');
  return { url, address };
}

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

async function resolved(host: string, limits: Limits, deadline: AbortSignal): Promise<readonly string[]> {
  const late = new Promise<never>((_, reject) => {
    deadline.addEventListener('abort', () => reject(timedOut(host)), { once: true });
  });
  // A late rejection may have no listener any more.
  late.catch(() => undefined);
  try {
    return await Promise.race([limits.resolve(host), late]);
  } catch (error) {
    if (isError(error, PageFetchError)) throw error;
    throw fetchError('NOT_RESOLVED', `${host.slice(0, 200)} can’t be found.`, 'Check the name.', error);
  }
}

const timedOut = (what: string): PageFetchError =>
  fetchError('TIMEOUT', `${short(what)} took too long.`, 'Try again later.');

type Exchanged = { readonly page: FetchedPage } | { readonly location: string };

async function exchange({ url, address }: Place, limits: Limits, deadline: AbortSignal): Promise<Exchanged> {
  const options: RequestOptions = {
    method: 'GET',
    signal: deadline,
    maxHeaderSize: headerBytesMax,
    agent: false,
    headers: {
      accept: 'text/html, text/plain',
      'accept-encoding': 'identity',
      'user-agent': 'countersign',
    },
    lookup: (_host, asked, callback) => {
      const family = isIP(address);
      if (asked.all === true) callback(null, [{ address, family }]);
      else callback(null, address, family);
    },
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
