/**
 * What was sent becomes an object of a bucket: in one request, or from a part's size on in several, of which nobody sees anything before
 * all of it is hashed. A put holds one part in memory.
 */
import { createHash } from 'node:crypto';
import { isError } from '#core/error/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import { ObjectStoreError, type PutRequest } from '../object-store.ts';
import { checkSent, sent, tooLarge } from '../sent-bytes.ts';
import { readAnswer, readErrorCode, readUploadId, writeParts } from './answers.ts';
import type { Ask } from './ask.ts';
import type { S3Place } from './place.ts';
import { factsOf, strange } from './read-object.ts';
import { refusalOf } from './refusal.ts';

/** S3's own bounds. */
const partBytesMin = 5 * 1024 * 1024;
const partsMax = 10_000;

export interface Written {
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** Where it is. */
  readonly key: string;
  /** Nothing was there. */
  readonly created: boolean;
}

interface Target {
  readonly place: S3Place;
  readonly ask: Ask;
  /** Where an object with this digest belongs. */
  keyOf(sha256: Sha256Hex): string;
  /** Where a large one is meanwhile whose digest nobody knows yet. */
  temporaryKey(): string;
}

/** Rejects, leaving nothing, unless size and digest are as expected. */
export async function writeObject(target: Target, request: PutRequest): Promise<Written> {
  const { sizeBytesMax, sizeBytesExpected } = request;
  if (sizeBytesExpected !== null && sizeBytesExpected > sizeBytesMax) throw tooLarge(sizeBytesMax);
  const partBytes = partBytesOf(sizeBytesExpected ?? sizeBytesMax);
  const part = new Part(partBytes, sizeBytesExpected);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let upload: PartedUpload | null = null;
  try {
    for await (const chunk of sent(request.bytes)) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > sizeBytesMax) throw tooLarge(sizeBytesMax);
      hash.update(chunk);
      for (let rest = chunk; rest.byteLength > 0;) {
        if (part.isFull) {
          upload ??= await beginUpload(target, request.expectedSha256);
          await upload.send(part.take());
        }
        rest = part.add(rest);
      }
    }
    const sha256 = checkSent(request, sizeBytes, hash);
    if (upload === null) {
      const key = target.keyOf(sha256);
      const created = await isMissing(target, key);
      (await target.ask({ method: 'PUT', key, body: part.take(), bodySha256: sha256 })).close();
      return { sha256, sizeBytes, key, created };
    }
    await upload.send(part.take());
    const created = await isMissing(target, upload.key);
    await upload.complete(sizeBytes);
    return { sha256, sizeBytes, key: upload.key, created };
  } catch (cause) {
    await upload?.abort();
    throw cause;
  }
}

const isMissing = async (target: Target, key: string): Promise<boolean> =>
  (await factsOf({ ...target, key })) === null;

/** Of a size that fits into the parts that S3 allows. */
const partBytesOf = (sizeBytes: number): number => Math.max(partBytesMin, Math.ceil(sizeBytes / partsMax));

class Part {
  readonly #bytesMax: number;
  #bytes: Buffer;
  #used = 0;

  /** No more memory than the whole needs, where its size is known. */
  constructor(bytesMax: number, sizeBytes: number | null) {
    this.#bytesMax = bytesMax;
    this.#bytes = Buffer.allocUnsafeSlow(Math.min(bytesMax, sizeBytes ?? 64 * 1024));
  }

  get isFull(): boolean {
    return this.#used === this.#bytesMax;
  }

  /** → what didn't fit. */
  add(chunk: Uint8Array): Uint8Array {
    const taken = chunk.subarray(0, this.#bytesMax - this.#used);
    const needed = this.#used + taken.byteLength;
    if (needed > this.#bytes.byteLength) {
      const larger = Buffer.allocUnsafeSlow(
        Math.min(this.#bytesMax, Math.max(needed, 2 * this.#bytes.byteLength)),
      );
      this.#bytes.copy(larger, 0, 0, this.#used);
      this.#bytes = larger;
    }
    this.#bytes.set(taken, this.#used);
    this.#used = needed;
    return chunk.subarray(taken.byteLength);
  }

  /** Lent until the next `add`. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#used);
    this.#used = 0;
    return taken;
  }
}

interface PartedUpload {
  readonly key: string;
  send(part: Uint8Array): Promise<void>;
  complete(sizeBytes: number): Promise<void>;
  abort(): Promise<void>;
}

async function beginUpload(target: Target, sha256: Sha256Hex | null): Promise<PartedUpload> {
  const { place, ask } = target;
  const key = sha256 === null ? target.temporaryKey() : target.keyOf(sha256);
  const begun = await ask({ method: 'POST', key, query: { uploads: '' }, body: new Uint8Array() });
  const uploadId = await understood(place, begun.whole(), readUploadId);
  const etags: string[] = [];
  return {
    key,
    async send(part) {
      const query = { partNumber: String(etags.length + 1), uploadId };
      const answer = await ask({ method: 'PUT', key, query, body: part });
      answer.close();
      const etag = answer.headers.get('etag') ?? '';
      if (answer.status === 404 || etag === '' || etag.length > 200)
        throw strange(place, 'it took a part of an upload and didn’t say which');
      etags.push(etag);
    },
    async complete(sizeBytes) {
      const answer = await ask({ method: 'POST', key, query: { uploadId }, body: writeParts(etags) });
      // Gone: a first attempt completed it, and its answer was lost. What is there tells.
      if (answer.status !== 404)
        await understood(place, answer.whole(), (bytes) => checkCompleted(place, bytes));
      const found = await factsOf({ place, ask, key });
      if (found?.sizeBytes !== sizeBytes)
        throw strange(
          place,
          `of ${sizeBytes} bytes that it took in parts it has ${found?.sizeBytes ?? 'none'}`,
        );
    },
    async abort() {
      // What can't be taken away now goes with what is abandoned, a day later.
      await ask({ method: 'DELETE', key, query: { uploadId } }).then(
        (answer) => {
          answer.close();
        },
        () => undefined,
      );
    },
  };
}

/** A server may begin to answer 200 before it has joined the parts, and fail then. */
function checkCompleted(place: S3Place, bytes: Uint8Array): void {
  const code = readErrorCode(bytes);
  if (code !== null) throw refusalOf(place, 200, code);
  readAnswer(bytes, 'CompleteMultipartUploadResult');
}

/** What can't be read isn't S3's. */
export async function understood<T>(
  place: S3Place,
  bytes: Promise<Uint8Array>,
  read: (bytes: Uint8Array) => T,
): Promise<T> {
  const whole = await bytes.catch((cause: unknown) => {
    throw cause instanceof RangeError ? strange(place, 'its answer is too long', cause) : cause;
  });
  try {
    return read(whole);
  } catch (cause) {
    if (isError(cause, ObjectStoreError)) throw cause;
    throw strange(place, 'its answer isn’t S3’s', cause);
  }
}
