/**
 * Downloads from an address that another host named, from the checked address alone: no redirect is followed, nothing is sent
 * along, and what arrives is handed on as it comes, within a time limit for all of it and one for each pause.
 */
import { request as requestHttp } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isError } from '#core/error/index.ts';
import { fetchError, PageFetchError } from './error.ts';
import { httpsPort, pinnedTo, placeOf, short, timedOut } from './place.ts';
import { resolveByDns } from './resolve.ts';
import type { PlaceLimits } from './place.ts';

export interface DownloaderOptions extends Pick<PlaceLimits, 'allowLoopback'> {
  /** From the first packet to the last byte. */
  readonly timeoutMilliseconds: number;
  /** Without a byte. */
  readonly idleMilliseconds: number;
  readonly resolve?: PlaceLimits['resolve'];
}

export interface Download {
  readonly headers: IncomingHttpHeaders;
  /** Once. Rejects with PageFetchError where it ends before all of it has come. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Ends the connection, read or not. */
  close(): void;
}

/** Rejects with PageFetchError, whatever the other side does: BAD_STATUS for all but 200. */
export type Downloader = (url: string) => Promise<Download>;

const headerBytesMax = 16 * 1024;

export function openDownloader(options: DownloaderOptions): Downloader {
  const { allowLoopback, timeoutMilliseconds, idleMilliseconds, resolve = resolveByDns } = options;
  const limits = { allowLoopback, resolve, ports: [httpsPort] };
  return async (text) => {
    const deadline = AbortSignal.timeout(timeoutMilliseconds);
    // The query of such an address is the right to read it: it is in no message.
    const shown = text.split(/[?#]/)[0] ?? '';
    const { url, address } = await placeOf(text, limits, deadline).catch((error: unknown) => {
      if (!isError(error, PageFetchError) || shown === text) throw error;
      throw fetchError(error.code, error.message.replaceAll(short(text), short(shown)), error.fix);
    });
    const fault = (error: unknown): PageFetchError => {
      if (isError(error, PageFetchError)) return error;
      if (deadline.aborted) return timedOut(shown);
      return fetchError('UNREACHABLE', `${short(shown)} broke off.`, 'Try again later.', error);
    };
    const asked: RequestOptions = {
      method: 'GET',
      signal: deadline,
      maxHeaderSize: headerBytesMax,
      headers: { 'accept-encoding': 'identity', 'user-agent': 'countersign' },
      ...pinnedTo(address),
    };
    let response: IncomingMessage;
    try {
      response = await new Promise<IncomingMessage>((answered, reject) => {
        const send = url.protocol === 'https:' ? requestHttps : requestHttp;
        const sending = send(url, asked, answered);
        sending.setTimeout(idleMilliseconds, () => sending.destroy(timedOut(shown)));
        sending.on('error', reject).end();
      });
    } catch (error) {
      throw fault(error);
    }
    const { statusCode = 0, headers } = response;
    if (statusCode !== 200 || (headers['content-encoding'] ?? 'identity') !== 'identity') {
      response.destroy();
      throw fetchError('BAD_STATUS', `${short(shown)} answers with ${statusCode}.`, 'Try again later.');
    }
    return {
      headers,
      bytes: bytesOf(response, () => timedOut(shown), idleMilliseconds, fault),
      close: () => void response.destroy(),
    };
  };
}

async function* bytesOf(
  response: IncomingMessage,
  late: () => PageFetchError,
  idleMilliseconds: number,
  fault: (error: unknown) => PageFetchError,
): AsyncGenerator<Uint8Array> {
  const chunks = (response as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  try {
    for (;;) {
      // Only while it is waited for: a reader who takes its time isn't the sender's fault.
      const timer = setTimeout(() => response.destroy(late()), idleMilliseconds);
      let next: IteratorResult<Uint8Array>;
      try {
        next = await chunks.next();
      } catch (error) {
        throw fault(error);
      } finally {
        clearTimeout(timer);
      }
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    response.destroy();
  }
}
