/**
 * Posts a body to an address that a user typed, from the checked address alone: no redirect is followed, the answer is read up to a
 * bound and never interpreted, and the whole exchange has one time limit.
 */
import { request as requestHttp } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isError } from '#core/error/index.ts';
import { fetchError, PageFetchError } from './error.ts';
import { httpsPort, pinnedTo, placeOf, short, timedOut } from './place.ts';
import { resolveByDns } from './resolve.ts';
import type { PlaceLimits } from './place.ts';

export interface PosterOptions extends Pick<PlaceLimits, 'allowLoopback'> {
  readonly ports?: readonly number[];
  readonly timeoutMilliseconds?: number;
  readonly resolve?: PlaceLimits['resolve'];
}

export interface Posting {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface PostAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** What came of the body within bound and time limit, decoded as UTF-8. */
  readonly text: string;
}

export interface Poster {
  /** Rejects with PageFetchError, whatever the other side does. Every status is an answer. */
  post(posting: Posting): Promise<PostAnswer>;
  /** Whether an address may be posted to, as of now. Rejects with PageFetchError. */
  check(url: string): Promise<void>;
}

const defaultTimeoutMilliseconds = 15_000;
const checkMilliseconds = 5_000;
const headerBytesMax = 16 * 1024;
const answerBytesMax = 64 * 1024;

export function openPoster(options: PosterOptions): Poster {
  const { timeoutMilliseconds = defaultTimeoutMilliseconds } = options;
  const limits = {
    allowLoopback: options.allowLoopback,
    ports: options.ports ?? [httpsPort],
    resolve: options.resolve ?? resolveByDns,
  };
  return {
    async check(url) {
      await placeOf(url, limits, AbortSignal.timeout(Math.min(checkMilliseconds, timeoutMilliseconds)));
    },
    async post(posting) {
      const deadline = AbortSignal.timeout(timeoutMilliseconds);
      const place = await placeOf(posting.url, limits, deadline);
      const options: RequestOptions = {
        method: 'POST',
        signal: deadline,
        maxHeaderSize: headerBytesMax,
        headers: {
          ...posting.headers,
          'content-length': Buffer.byteLength(posting.body),
          'accept-encoding': 'identity',
          'user-agent': 'countersign',
        },
        ...pinnedTo(place.address),
      };
      try {
        const response = await new Promise<IncomingMessage>((resolve, reject) => {
          const send = place.url.protocol === 'https:' ? requestHttps : requestHttp;
          send(place.url, options, resolve).on('error', reject).end(posting.body);
        });
        const { statusCode = 0, headers } = response;
        return { status: statusCode, headers, text: await beginningOf(response) };
      } catch (error) {
        if (isError(error, PageFetchError)) throw error;
        if (deadline.aborted) throw timedOut(place.url.href);
        throw fetchError(
          'UNREACHABLE',
          `${short(place.url.href)} can’t be reached: ${reasonOf(error)}.`,
          'Check the address.',
          error,
        );
      }
    },
  };
}

/** The status has come and counts: a body that breaks off, never ends or is too long is cut. */
async function beginningOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= answerBytesMax) break;
    }
  } catch {
    // Cut off, or out of time.
  } finally {
    response.destroy();
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, answerBytesMax));
}

/** Node's code, such as ECONNREFUSED or CERT_HAS_EXPIRED: it says more than any words of ours. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : 'the connection failed';
}
