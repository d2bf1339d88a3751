/**
 * Feeds, badges and answers of the REST API to whoever says nothing of themselves: made once a second for all who ask, with an ETag. Feeds
 * and badges are made again only when something happened of which they could tell (content-mark.ts), or a minute has passed, since
 * certificates run out by themselves.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { acceptsGzip, notShared, personal, seenFrom, type Handler } from './page-cache.ts';
import { record, type Recorded } from './record.ts';

export interface AnswerCacheOptions {
  readonly freshMilliseconds: number;
  /** Of feeds and badges, whatever their mark says. */
  readonly lastingMilliseconds: number;
  readonly answersMax: number;
  /** of one answer */
  readonly answerBytesMax: number;
  /** of all answers together */
  readonly bytesMax: number;
  readonly now: () => number;
  /** The same text as long as no feed or badge could have changed; null where nobody can say. */
  readonly mark: () => Promise<string | null>;
}

const defaults: AnswerCacheOptions = {
  freshMilliseconds: 1000,
  lastingMilliseconds: 60_000,
  answersMax: 3_000,
  answerBytesMax: 1024 * 1024,
  bytesMax: 32 * 1024 * 1024,
  now: () => performance.now(),
  mark: () => Promise.resolve(null),
};

interface KeptAnswer {
  readonly headers: OutgoingHttpHeaders;
  readonly etag: string;
  readonly plain: Buffer;
  /** null: it would not be shorter. */
  readonly compressed: Buffer | null;
  /** Before it was made; null: it doesn't last. */
  readonly mark: string | null;
  /** In milliseconds, as `now` says. */
  readonly made: number;
  until: number;
}

const lasting = /^\/(?:projects\/[^/?]+\/(?:feed\.xml|badge\.svg)|revocations\/feed\.xml)$/;
const api =
  /^\/api\/v1\/(?:requests(?:\/[^/?]+(?:\/signatures|\/steps\/[^/?]+\/[^/?]+)?)?|projects\/[^/?]+(?:\/policy-versions)?|revocations|statistics|past-requests|openapi\.yaml)(?:\?|$)/;
/** `prefer`: an answer that waits until something happens. */
const ofOneReader = [...personal, 'prefer'];
const seenIn = [...seenFrom, 'accept'];
const addressLengthMax = 2000;
const compressedFrom = 500;

/** → a handler that answers from what is kept where it may, and by `handler` otherwise. */
export function cacheAnswers(handler: Handler, options: Partial<AnswerCacheOptions> = {}): Handler {
  const { freshMilliseconds, lastingMilliseconds, answersMax, answerBytesMax, bytesMax, now, mark } = {
    ...defaults,
    ...options,
  };
  let answers = new Map<string, KeptAnswer>();
  let coming = new Map<string, Promise<KeptAnswer | null>>();
  let bytes = 0;

  const empty = (): void => {
    answers = new Map();
    coming = new Map();
    bytes = 0;
  };
  const drop = (key: string, answer: KeptAnswer): void => {
    if (answers.delete(key)) bytes -= sizeOf(answer);
  };
  const store = (key: string, answer: KeptAnswer): void => {
    const before = answers.get(key);
    if (before !== undefined) drop(key, before);
    answers.set(key, answer);
    bytes += sizeOf(answer);
    for (const [oldKey, old] of answers) {
      if (answers.size <= answersMax && bytes <= bytesMax) break;
      drop(oldKey, old);
    }
  };

  /** null: there is none, or it may have changed. */
  const fresh = async (key: string): Promise<KeptAnswer | null> => {
    const kept = answers.get(key);
    if (kept === undefined || kept.until > now()) return kept ?? null;
    if (kept.mark === null || now() - kept.made >= lastingMilliseconds) return null;
    if ((await mark()) !== kept.mark) return null;
    kept.until = now() + freshMilliseconds;
    return kept;
  };

  /** Lets `handler` answer this reader, and keeps the answer where others may have it. */
  const make = async (key: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<KeptAnswer | null>();
    const mine = coming;
    mine.set(key, promise);
    const done = (answer: KeptAnswer | null): void => {
      if (mine.get(key) === promise) mine.delete(key);
      // What was made before the cache was emptied must not be put into it afterwards.
      if (answer !== null && mine === coming) store(key, answer);
      resolve(answer);
    };
    response.once('close', () => done(null));
    const asked = conditionsOf(request);
    // Before the answer is made: what happens meanwhile has another mark.
    const from = lasting.test(request.url ?? '') ? await mark().catch(() => null) : null;
    record(response, answerBytesMax, (recorded) => {
      const answer = toAnswer(recorded, from, now(), freshMilliseconds);
      done(answer);
      if (answer === null) response.end(recorded.body);
      else send(answer, asked, response);
    });
    await handler(request, response);
  };

  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.once('close', () => {
        if (response.statusCode < 400) empty();
      });
      return handler(request, response);
    }
    const key = keyOf(request);
    if (key === null) return handler(request, response);
    const answer = (await fresh(key).catch(() => null)) ?? (await coming.get(key));
    if (answer === undefined) return make(key, request, response);
    if (answer === null) return handler(request, response);
    send(answer, conditionsOf(request), response);
  };
}

/** → null where the answer may be for this reader alone, or is none of those that are kept. */
function keyOf({ method, url = '', headers }: IncomingMessage): string | null {
  if (method !== 'GET' || url.length > addressLengthMax || !(lasting.test(url) || api.test(url))) return null;
  if (ofOneReader.some((name) => headers[name] !== undefined)) return null;
  return JSON.stringify([url, ...seenIn.map((name) => headers[name] ?? null)]);
}

interface Conditions {
  readonly compressed: boolean;
  readonly noneMatch: string | undefined;
  readonly since: string | undefined;
}

/** What one reader has already is no matter of what is made for all: it is taken away from the request. */
function conditionsOf(request: IncomingMessage): Conditions {
  const { headers } = request;
  const asked = {
    compressed: acceptsGzip(request),
    noneMatch: headers['if-none-match'],
    since: headers['if-modified-since'],
  };
  delete headers['if-none-match'];
  delete headers['if-modified-since'];
  delete headers['accept-encoding'];
  return asked;
}

function toAnswer(
  { status, headers, body }: Recorded,
  mark: string | null,
  made: number,
  freshMilliseconds: number,
): KeptAnswer | null {
  if (status !== 200 || headers['set-cookie'] !== undefined || headers['content-encoding'] !== undefined)
    return null;
  const own = headers['etag'];
  const etag =
    typeof own === 'string' ? own : `"${createHash('sha256').update(body).digest('base64url').slice(0, 32)}"`;
  const compressed = body.length < compressedFrom ? null : gzipSync(body);
  return {
    headers: { ...headers, etag },
    etag,
    plain: body,
    compressed,
    mark,
    made,
    until: made + freshMilliseconds,
  };
}

const sizeOf = ({ plain, compressed }: KeptAnswer): number =>
  plain.length + (compressed?.length ?? 0) + 1_000;

function send(answer: KeptAnswer, asked: Conditions, response: ServerResponse): void {
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined && !notShared.has(name)) response.setHeader(name, value);
  }
  response.removeHeader('transfer-encoding');
  response.setHeader('vary', 'accept-encoding, authorization, cookie');
  if (isKnown(answer, asked)) {
    response.statusCode = 304;
    for (const name of ['content-type', 'content-length']) response.removeHeader(name);
    response.end();
    return;
  }
  const body = asked.compressed && answer.compressed !== null ? answer.compressed : answer.plain;
  if (body !== answer.plain) response.setHeader('content-encoding', 'gzip');
  response.setHeader('content-length', body.length);
  response.end(body);
}

/** RFC 9110, section 13.2.2: what a reader names counts alone; the time is in whole seconds. */
function isKnown({ etag, headers }: KeptAnswer, { noneMatch, since }: Conditions): boolean {
  const weak = (tag: string): string => tag.trim().replace(/^W\//, '');
  if (noneMatch !== undefined)
    return noneMatch.split(',').some((tag) => tag.trim() === '*' || weak(tag) === weak(etag));
  const modified = Date.parse(String(headers['last-modified']));
  const known = Date.parse(since ?? '');
  return !Number.isNaN(modified) && !Number.isNaN(known) && modified <= known;
}
