/** One HTTP exchange with a code host: bounded in time and bytes, and never with another host than it was sent to. */
import { createHash } from 'node:crypto';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';

export interface Sent {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly token: string;
  readonly etag?: string;
  /** The host's own, beside those of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

export type Exchange =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Headers;
      /** Parsed JSON; null where there is none. */
      readonly body: unknown;
      readonly bytes: number;
      readonly sha256: Sha256Hex;
    }
  /** Came, and can't be read; `status` is the host's. */
  | {
      readonly kind: 'unreadable';
      readonly status: number;
      readonly headers: Headers;
      readonly problem: string;
      readonly sha256: Sha256Hex | null;
    }
  | { readonly kind: 'silent'; readonly problem: string };

export type Send = (sent: Sent) => Promise<Exchange>;

const bytesMax = 4 * 1024 * 1024;

export function openSend(timeoutMilliseconds: number): Send {
  return async ({ url, method = 'GET', token, etag, headers: own = {}, body }) => {
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    let response: Response;
    let bytes: Buffer | null;
    try {
      response = await fetch(url, {
        method,
        // An address that has moved is another repository’s by now, as far as anybody knows.
        redirect: 'manual',
        signal,
        headers: {
          accept: 'application/json',
          ...own,
          authorization: `Bearer ${token}`,
          'user-agent': 'countersign-signer',
          ...(etag === undefined ? {} : { 'if-none-match': etag }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      bytes = await readBody(response);
    } catch (error) {
      const timedOut = error instanceof Error && error.name === 'TimeoutError';
      return { kind: 'silent', problem: timedOut ? 'it did not answer in time' : 'the connection failed' };
    }
    const { status, headers } = response;
    if (bytes === null) {
      return {
        kind: 'unreadable',
        status,
        headers,
        problem: 'the answer is larger than 4 MiB',
        sha256: null,
      };
    }
    const sha256 = parseSha256Hex(createHash('sha256').update(bytes).digest('hex'));
    if (bytes.byteLength === 0) return { kind: 'answer', status, headers, body: null, bytes: 0, sha256 };
    const type = headers.get('content-type') ?? 'nothing';
    if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) {
      return {
        kind: 'unreadable',
        status,
        headers,
        problem: `the answer is ${type.slice(0, 60)} and no JSON`,
        sha256,
      };
    }
    try {
      const body = JSON.parse(bytes.toString('utf8')) as unknown;
      return { kind: 'answer', status, headers, body, bytes: bytes.byteLength, sha256 };
    } catch {
      return { kind: 'unreadable', status, headers, problem: 'the answer is no whole JSON', sha256 };
    }
  };
}

/** null: too large. */
async function readBody({ body }: Response): Promise<Buffer | null> {
  if (body === null) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
