import {
  Agent as HttpAgent,
  request as requestHttp,
  type ClientRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Address } from './address.ts';
import { LsRefsError } from './error.ts';

export interface ExchangeLimits {
  /** From the first byte sent to the last one received. */
  readonly timeoutMilliseconds: number;
  readonly answerBytesMax: number;
}

/** An answer, or why there is none. */
export type Exchanged =
  | { readonly answer: Buffer }
  | {
      readonly error: unknown;
      /** The host may have closed a kept connection just then: that says nothing about it. */
      readonly onKeptConnection: boolean;
    };

export type Exchange = (body: Buffer) => Promise<Exchanged>;

const service = 'git-upload-pack';
/** Longer than the signer's usual time between two checks. */
const idleMillisecondsMax = 60_000;

/** Requests to one repository over one connection, which is kept in between. Follows no redirect and uses no proxy. */
export function openExchange(address: Address, limits: ExchangeLimits): Exchange {
  const { secure, host, port, path, authorization } = address;
  const keeping = { keepAlive: true, maxFreeSockets: 1, timeout: idleMillisecondsMax };
  // Said outright: the environment can't switch the check of certificates off.
  const agent = secure ? new HttpsAgent({ ...keeping, rejectUnauthorized: true }) : new HttpAgent(keeping);
  const request = secure ? requestHttps : requestHttp;
  const headers = {
    'content-type': `application/x-${service}-request`,
    accept: `application/x-${service}-result`,
    'git-protocol': 'version=2',
    // Hosts tell git from browsers by its beginning.
    'user-agent': 'git/2 (countersign)',
    ...(authorization === null ? {} : { authorization }),
  };
  return async (body) => {
    let received = false;
    let sent: ClientRequest | null = null;
    const signal = AbortSignal.timeout(limits.timeoutMilliseconds);
    try {
      sent = request({
        agent,
        host,
        port,
        path,
        method: 'POST',
        headers: { ...headers, 'content-length': body.length },
        signal,
      });
      const response = await responseTo(sent, body);
      received = true;
      return { answer: await bodyOf(response, limits.answerBytesMax) };
    } catch (error) {
      const onKeptConnection = sent?.reusedSocket === true && !received;
      sent?.destroy();
      return { error: signal.aborted ? late(limits.timeoutMilliseconds, error) : error, onKeptConnection };
    }
  };
}

function late(milliseconds: number, cause: unknown): LsRefsError {
  return new LsRefsError('NO_ANSWER', `no whole answer within ${milliseconds} ms`, { cause });
}

function responseTo(request: ClientRequest, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
    // Also without an error: where the host switches protocols, say.
    request.once('close', () => reject(new LsRefsError('NO_ANSWER', 'the connection was closed')));
    request.end(body);
  });
}

async function bodyOf(response: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const { statusCode, headers } = response;
  if (statusCode !== 200)
    throw new LsRefsError('STATUS', `the answer has status ${statusCode ?? 'none'}, not 200`);
  if (headers['content-type'] !== `application/x-${service}-result` || 'content-encoding' in headers)
    throw new LsRefsError('CONTENT_TYPE', `the answer is no application/x-${service}-result`);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new LsRefsError('TOO_LONG', `the answer has more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
