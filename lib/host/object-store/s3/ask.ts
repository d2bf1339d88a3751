/**
 * One question to an S3 server: signed, with a time limit, asked again where that may help, no redirect followed. Answers are a
 * stranger's: only an expected status counts, and nothing of unexpected length or encoding is read.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import { isError } from '#core/error/index.ts';
import { ObjectStoreError } from '../object-store.ts';
import { answerBytesMax, readErrorCode } from './answers.ts';
import { pauseAfter, type Pace } from './pace.ts';
import { addressOf, nameOf, type S3KeySource, type S3Place } from './place.ts';
import { refusalOf } from './refusal.ts';

export interface Question {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** '': the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly range?: { readonly start: number; readonly end: number };
  readonly body?: Uint8Array;
  /** Hexadecimal; null or left out: it is computed. The server compares it with what arrives. */
  readonly bodySha256?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Announced by the server; null: it wasn't. */
  readonly sizeBytes: number | null;
  /** The body, piece by piece; fails where the server is silent or too slow. What isn't read has to be closed. */
  bytes(): AsyncGenerator<Uint8Array>;
  /** All of it, of a small answer. */
  whole(): Promise<Uint8Array>;
  close(): void;
}

/** A missing object is an answer, a missing bucket isn't. Rejects with ObjectStoreErrors. */
export type Ask = (question: Question) => Promise<Answer>;

const emptySha256 = createHash('sha256').digest('hex');
/** Of an answer that refuses something; the rest isn't needed. */
const refusalBytesMax = 64 * 1024;

export function openConnection(place: S3Place, keys: S3KeySource, pace: Pace): Ask {
  const cache = new Map<string, ArrayBuffer>();
  return async (question) => {
    for (let attempt = 1; ; attempt += 1) {
      const asked = await askOnce(place, { keys, cache, pace }, question);
      if (!('passing' in asked)) return asked;
      if (attempt >= pace.attemptsMax) throw asked.passing;
      await sleep(pauseAfter(pace, attempt));
    }
  };
}

/** What may be over by the next attempt. */
interface Passing {
  readonly passing: ObjectStoreError;
}

interface Means {
  readonly keys: S3KeySource;
  readonly cache: Map<string, ArrayBuffer>;
  readonly pace: Pace;
}

async function askOnce(place: S3Place, means: Means, question: Question): Promise<Answer | Passing> {
  const { pace } = means;
  const [url, headers] = await sign(place, means, question);
  const controller = new AbortController();
  // Sending takes its time, too.
  const sending = ((question.body?.byteLength ?? 0) / pace.bytesPerSecondMin) * 1000;
  const timer = setTimeout(() => {
    controller.abort();
  }, pace.answerMilliseconds + sending);
  let response: Response;
  try {
    response = await fetch(url, {
      method: question.method,
      headers,
      redirect: 'manual',
      signal: controller.signal,
      ...(question.body === undefined ? {} : { body: question.body as Uint8Array<ArrayBuffer> }),
    });
  } catch (cause) {
    const how = controller.signal.aborted ? 'it didn’t answer in time' : why(cause);
    return { passing: unreachable(place, how, cause) };
  } finally {
    clearTimeout(timer);
  }
  const answer = answerOf(place, response, controller, pace);
  return judged(place, question, answer);
}

async function sign(place: S3Place, { keys, cache }: Means, question: Question): Promise<[URL, Headers]> {
  const { method, key, query, range, body, bodySha256 } = question;
  const { accessKeyId, secretAccessKey, sessionToken } = await keys();
  const sha256 =
    body === undefined ? emptySha256 : (bodySha256 ?? createHash('sha256').update(body).digest('hex'));
  const signed = await new AwsV4Signer({
    method,
    url: addressOf(place, key, query).href,
    headers: { 'x-amz-content-sha256': sha256 },
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === null ? {} : { sessionToken }),
    service: 's3',
    region: place.region,
    cache,
  }).sign();
  const { headers } = signed;
  // Compressed answers would have another length than they say.
  headers.set('accept-encoding', 'identity');
  if (range !== undefined) headers.set('range', `bytes=${range.start}-${range.end - 1}`);
  if (body !== undefined) headers.set('content-type', 'application/octet-stream');
  return [signed.url, headers];
}

async function judged(place: S3Place, question: Question, answer: Answer): Promise<Answer | Passing> {
  const { status } = answer;
  const encoding = answer.headers.get('content-encoding') ?? 'identity';
  if (status >= 200 && status < 300 && ['identity', 'aws-chunked'].includes(encoding)) return answer;
  // Without a body nothing tells a missing object from a missing bucket: the caller asks for that.
  if (status === 404 && question.method === 'HEAD') return answer;
  const code = await codeIn(answer);
  if (status === 404 && (code === 'NoSuchKey' || code === 'NoSuchUpload')) return answer;
  const refusal = refusalOf(place, status, code);
  if (status === 429 || status === 408 || status >= 500) {
    // 501 and 507 are as they are.
    if (status !== 501 && status !== 507) return { passing: refusal };
  }
  throw refusal;
}

async function codeIn(answer: Answer): Promise<string | null> {
  try {
    return readErrorCode(await collect(answer.bytes(), refusalBytesMax));
  } catch {
    return null;
  } finally {
    answer.close();
  }
}

function answerOf(place: S3Place, response: Response, controller: AbortController, pace: Pace): Answer {
  const announced = response.headers.get('content-length');
  const bytes = (): AsyncGenerator<Uint8Array> => piecesOf(place, response, controller, pace);
  return {
    status: response.status,
    headers: response.headers,
    sizeBytes: announced !== null && /^\d{1,15}$/.test(announced) ? Number(announced) : null,
    bytes,
    whole: () => collect(bytes(), answerBytesMax),
    close: () => {
      controller.abort();
    },
  };
}

async function* piecesOf(
  place: S3Place,
  { body }: Response,
  controller: AbortController,
  pace: Pace,
): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  let waited = 0;
  let arrived = 0;
  let isOver = false;
  try {
    for (;;) {
      const since = performance.now();
      const timer = setTimeout(() => {
        controller.abort();
      }, pace.answerMilliseconds);
      const next = await reader.read().finally(() => {
        clearTimeout(timer);
      });
      isOver = next.done;
      if (next.done) return;
      waited += performance.now() - since;
      arrived += next.value.byteLength;
      if (waited > 2 * pace.answerMilliseconds + (arrived / pace.bytesPerSecondMin) * 1000)
        throw unreachable(place, 'it is too slow');
      yield next.value;
    }
  } catch (cause) {
    if (isError(cause, ObjectStoreError)) throw cause;
    throw unreachable(place, controller.signal.aborted ? 'it fell silent' : why(cause), cause);
  } finally {
    // Also ends the connection of an answer that goes on.
    if (!isOver) controller.abort();
  }
}

async function collect(bytes: AsyncIterable<Uint8Array>, sizeBytesMax: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of bytes) {
    sizeBytes += piece.byteLength;
    if (sizeBytes > sizeBytesMax) throw new RangeError(`more than ${sizeBytesMax} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** undici says only "fetch failed"; its cause says why. */
function why(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return inner instanceof Error ? inner.message : String(inner);
}

const unreachable = (place: S3Place, what: string, cause?: unknown): ObjectStoreError =>
  new ObjectStoreError(
    'STORE_UNAVAILABLE',
    `${nameOf(place)} can’t be used: ${what}. See that its server runs, and that \`endpoint\` is its address.`,
    cause,
  );
