import { randomBytes } from 'node:crypto';
import { CodedError } from '#core/error/index.ts';
import {
  buildTimestampRequest,
  parseTimestampResponse,
  timestampResponseBytesMax,
  verifyTimestampToken,
  type MessageImprint,
  type VerifiedTimestamp,
} from '#core/pki/tsp/index.ts';
import { TimestampError, type TimestampAttempt } from './error.ts';

export interface TimestampInput {
  /** Authorities in the order of use; the next one is asked when one gives nothing usable. */
  readonly urls: readonly string[];
  /** SHA-256 of what is timestamped. */
  readonly digest: Uint8Array;
  /** DER of the only certificates that are trusted without a path. */
  readonly trustedRoots: readonly Uint8Array[];
  /** Per authority. */
  readonly timeoutMs: number;
  /** After this long without an answer the next authority is asked, too; default: only when one has failed. */
  readonly hedgeMs?: number | undefined;
  /** Told of every authority that was asked and not given up for another's answer. */
  readonly onAnswer?: ((url: string, outcome: 'ok' | 'failed', seconds: number) => void) | undefined;
}

export interface ObtainedTimestamp extends VerifiedTimestamp {
  /** DER TimeStampToken. */
  readonly token: Uint8Array;
  readonly url: string;
}

/**
 * Digest → a timestamp token from the first authority whose answer verifies: imprint, nonce, signature,
 * signing certificate, path to a trusted root, and a time within five minutes of this machine's. The next one is
 * asked as soon as one gave nothing usable, and beside one that takes longer than `hedgeMs`; the first good answer
 * wins and the others are aborted. Throws TimestampError with what each authority answered.
 */
export async function requestTimestamp(input: TimestampInput): Promise<ObtainedTimestamp> {
  const { urls, hedgeMs, timeoutMs } = input;
  if (urls.length === 0) throw new TimestampError('NO_AUTHORITY', []);
  const attempts: TimestampAttempt[] = [];
  const over = new AbortController();
  return new Promise((resolve, reject) => {
    let asked = 0;
    let hedge: NodeJS.Timeout | undefined;
    const askNext = (): void => {
      clearTimeout(hedge);
      const url = urls[asked];
      if (url === undefined) return;
      asked += 1;
      if (hedgeMs !== undefined) hedge = setTimeout(askNext, hedgeMs);
      const began = performance.now();
      const tell = (outcome: 'ok' | 'failed'): void =>
        input.onAnswer?.(url, outcome, (performance.now() - began) / 1000);
      askAuthority(url, input, over.signal).then(
        (obtained) => {
          tell('ok');
          clearTimeout(hedge);
          over.abort();
          resolve(obtained);
        },
        (error: unknown) => {
          if (over.signal.aborted) return;
          tell('failed');
          attempts.push({ url, problem: problemOf(error, timeoutMs) });
          if (attempts.length < urls.length) {
            askNext();
            return;
          }
          clearTimeout(hedge);
          reject(new TimestampError('ALL_FAILED', attempts));
        },
      );
    };
    askNext();
  });
}

async function askAuthority(
  url: string,
  input: TimestampInput,
  over: AbortSignal,
): Promise<ObtainedTimestamp> {
  const imprint: MessageImprint = { hash: 'sha256', digest: input.digest };
  const nonce = BigInt(`0x${randomBytes(16).toString('hex')}`);
  const request = buildTimestampRequest({ imprint, policyOid: null, nonce, certReq: true });
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
    body: request,
    redirect: 'error',
    signal: AbortSignal.any([over, AbortSignal.timeout(input.timeoutMs)]),
  });
  const body = await readBounded(response);
  const type = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (!response.ok || type !== 'application/timestamp-reply') {
    throw new AuthorityAnswerError(`answered ${response.status} with ${type ?? 'no content type'}`);
  }
  const token = parseTimestampResponse(body);
  const { trustedRoots } = input;
  const verified = verifyTimestampToken({ token, imprint, nonce, trustedRoots, freshAt: new Date() });
  return { ...verified, token, url };
}

/** Reads at most the largest possible answer, however much is sent and whatever the headers say. */
async function readBounded(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > timestampResponseBytesMax) {
      throw new AuthorityAnswerError(`sent over ${timestampResponseBytesMax} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

class AuthorityAnswerError extends CodedError<'AUTHORITY_ANSWER'> {
  static override readonly errorName = 'AuthorityAnswerError';
  constructor(message: string) {
    super('AUTHORITY_ANSWER', message);
  }
}

function problemOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return 'failed';
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
  // fetch says only "fetch failed"; the reason is its cause.
  const cause = error.cause instanceof Error && error.message === 'fetch failed' ? error.cause : error;
  return (cause.message === '' ? cause.name : cause.message).slice(0, 500);
}
