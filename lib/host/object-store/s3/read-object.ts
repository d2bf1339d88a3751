/** Bytes of an object in a bucket: hashed where all are read, gone on with where the connection was cut. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isError } from '#core/error/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import { ObjectStoreError, type ObjectFacts } from '../object-store.ts';
import type { Answer, Ask } from './ask.ts';
import { pauseAfter, type Pace } from './pace.ts';
import { nameOf, type S3Place } from './place.ts';

const bytesPerCut = 16 * 1024 * 1024;

interface Source {
  readonly place: S3Place;
  readonly ask: Ask;
  readonly pace: Pace;
  readonly key: string;
}

/** null: there is no such object, or perhaps no bucket. Rejects where the answer isn't one of S3. */
export async function factsOf({ ask, key, place }: Omit<Source, 'pace'>): Promise<ObjectFacts | null> {
  const answer = await ask({ method: 'HEAD', key });
  answer.close();
  if (answer.status === 404) return null;
  const modifiedAt = new Date(answer.headers.get('last-modified') ?? '');
  if (answer.sizeBytes === null || Number.isNaN(modifiedAt.getTime()))
    throw strange(place, 'it says neither size nor date of an object');
  return { sizeBytes: answer.sizeBytes, modifiedAt };
}

/** `sha256`: what all of it must hash to; null: it isn't an object under its digest. Of a part nothing is compared. */
export async function* readObject(
  source: Source,
  {
    sizeBytes,
    start,
    end,
    sha256,
  }: { sizeBytes: number; start: number; end: number; sha256: Sha256Hex | null },
): AsyncGenerator<Uint8Array> {
  const isWhole = start === 0 && end === sizeBytes;
  const hash = isWhole && sha256 !== null ? createHash('sha256') : null;
  // The last piece is given once all were compared: whoever counts the bytes doesn't take a damaged object for whole.
  let last: Uint8Array | null = null;
  for await (const piece of piecesOf(source, sizeBytes, start, end)) {
    hash?.update(piece);
    if (last !== null) yield last;
    last = piece;
  }
  if (hash !== null && hash.digest('hex') !== sha256)
    throw changed(source, 'its bytes don’t hash to its name');
  if (last !== null) yield last;
}

async function* piecesOf(
  source: Source,
  sizeBytes: number,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  const { pace } = source;
  let at = start;
  for (let failures = 0; at < end || sizeBytes === 0;) {
    const answer = await opened(source, { start: at, end, sizeBytes });
    try {
      for await (const piece of answer.bytes()) {
        at += piece.byteLength;
        if (at > end) throw changed(source, 'it has more bytes than it said');
        yield piece;
      }
      if (at === end) return;
      throw new ObjectStoreError('STORE_UNAVAILABLE', `${nameOf(source.place)} sent less than it announced`);
    } catch (cause) {
      if (!isError(cause, ObjectStoreError) || cause.code !== 'STORE_UNAVAILABLE') throw cause;
      failures += 1;
      // A long object may be cut more often than a short one, but not after each byte.
      if (failures >= pace.attemptsMax + Math.floor((at - start) / bytesPerCut)) throw cause;
      await sleep(pauseAfter(pace, Math.min(failures, pace.attemptsMax)));
    } finally {
      answer.close();
    }
  }
}

async function opened(
  source: Source,
  { start, end, sizeBytes }: { readonly start: number; readonly end: number; readonly sizeBytes: number },
): Promise<Answer> {
  const { ask, key, place } = source;
  const isPart = start > 0 || end < sizeBytes;
  const answer = await ask({ method: 'GET', key, ...(isPart ? { range: { start, end } } : {}) });
  try {
    if (answer.status === 404) throw changed(source, 'it is gone');
    const { sizeBytes: announced } = answer;
    if (announced === null) throw strange(place, 'it doesn’t say how long an object is');
    if (!isPart && (answer.status !== 200 || announced !== sizeBytes))
      throw changed(source, `it has ${announced} bytes`);
    const range = answer.headers.get('content-range');
    if (isPart && (answer.status !== 206 || range !== `bytes ${start}-${end - 1}/${sizeBytes}`))
      throw changed(source, 'the part that was asked for isn’t there');
    return answer;
  } catch (cause) {
    answer.close();
    throw cause;
  }
}

const changed = ({ place, key }: Source, how: string): ObjectStoreError =>
  new ObjectStoreError(
    'OBJECT_CHANGED',
    `${key} in ${nameOf(place)} is not what it was as it was looked up: ${how}`,
  );

export const strange = (place: S3Place, what: string, cause?: unknown): ObjectStoreError =>
  new ObjectStoreError(
    'STORE_UNAVAILABLE',
    `${nameOf(place)} can’t be used: ${what}. See that \`endpoint\` is the address of an S3 server.`,
    cause,
  );
