/**
 * One HTTP request and the beginning of its answer. By node:http, not fetch: an answer that comes before a file was sent (a
 * refused token, a file too large) is read and ends the upload, and only a connection on which nothing moves is given up.
 */
import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { ClientError } from './error.ts';
import { networkFailure, stillCode } from './network-failure.ts';

/** A connection is given up after this long without anything sent or received; an answer that comes by drops, after twice as long. */
const stillMilliseconds = 120_000;

export interface Body {
  readonly sizeBytes: number;
  readonly open: () => Readable;
}

export interface Outgoing {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Body;
  readonly stillMilliseconds?: number;
  /** From when all was sent until the answer is there: twice `stillMilliseconds` where left out. */
  readonly withinMilliseconds?: number;
  /** Its headers have to be there by then; whoever reads the body looks after its pace. */
  readonly streams?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface Incoming {
  readonly url: URL;
  readonly status: number;
  readonly header: (name: string) => string | null;
  /** Has to be read to its end, or destroyed. */
  readonly body: http.IncomingMessage;
}

/** Throws ClientError UNREACHABLE, ABORTED, or USAGE where a file to be sent can't be read. Redirects aren't followed. */
export async function exchange(url: URL, outgoing: Outgoing): Promise<Incoming> {
  const { method, headers, body, signal } = outgoing;
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const { request: open } = url.protocol === 'https:' ? https : http;
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body?.sizeBytes;
  const request = open(url, {
    method,
    headers: { ...headers, ...(length === undefined ? {} : { 'content-length': String(length) }) },
  });
  const source = typeof body === 'object' ? body.open() : null;
  const abort = (): void => {
    request.destroy(new ClientError('ABORTED', 'it was interrupted'));
  };
  if (signal?.aborted === true) abort();
  signal?.addEventListener('abort', abort, { once: true });
  const still = outgoing.stillMilliseconds ?? stillMilliseconds;
  let answer: http.IncomingMessage | null = null;
  let timer: NodeJS.Timeout | null = null;
  const giveUp = (): void => {
    const error = Object.assign(new Error('nothing moves'), { code: stillCode });
    answer?.destroy(error);
    request.destroy(error);
  };
  const arm = (): void => {
    timer ??= setTimeout(giveUp, outgoing.withinMilliseconds ?? 2 * still);
  };
  request.setTimeout(still, giveUp);
  request.once('finish', arm);
  request.once('response', (response) => {
    source?.destroy();
    answer = response;
    // It may come before all was sent.
    arm();
    if (outgoing.streams === true && timer !== null) clearTimeout(timer);
    // Who reads the answer gets the failure there; nobody may be reading it any more.
    response.on('error', () => undefined);
    resolve(response);
  });
  request.once('close', () => {
    signal?.removeEventListener('abort', abort);
    if (timer !== null) clearTimeout(timer);
  });
  request.on('error', reject);
  source?.once('error', (error) => {
    reject(new ClientError('USAGE', `the file can’t be read: ${error.message}`, { cause: error }));
    request.destroy();
  });
  if (source === null) request.end(typeof body === 'string' ? body : undefined);
  else source.pipe(request);
  try {
    const response = await promise;
    return { url, status: response.statusCode ?? 0, header: headerOf(response), body: response };
  } catch (error) {
    source?.destroy();
    throw networkFailure(url, error);
  }
}

const headerOf =
  ({ headers }: http.IncomingMessage) =>
  (name: string): string | null => {
    const value = headers[name];
    return typeof value === 'string' ? value : (value?.[0] ?? null);
  };

/** The body as text, `bytesMax` of it at most; what broke off is an error only where `whole` is asked for. */
export async function textOf(
  { url, body }: Incoming,
  { bytesMax, whole }: { readonly bytesMax: number; readonly whole: boolean },
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > bytesMax) {
        body.destroy();
        if (whole)
          throw new ClientError('NOT_A_PORTAL', `${url.origin} answered with more than ${bytesMax} bytes.`);
        chunks.push(chunk.subarray(0, chunk.length - (bytes - bytesMax)));
        break;
      }
      chunks.push(chunk);
    }
  } catch (error) {
    if (whole) throw networkFailure(url, error);
  }
  return Buffer.concat(chunks).toString('utf8');
}
