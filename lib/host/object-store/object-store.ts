/**
 * Bytes under their own SHA-256: the port, implemented by a folder and suitable for an object store. Each side sees
 * only what it may do: the portal puts, reads and removes what was received, and only reads what was released; the
 * signer only reads what was
 * received, and puts what is released.
 */
import { CodedError } from '#core/error/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';

export interface ObjectFacts {
  readonly sizeBytes: number;
  /** When it was put last. */
  readonly modifiedAt: Date;
}

export interface OpenObject extends ObjectFacts {
  /**
   * Exactly `sizeBytes` bytes, or it fails with OBJECT_CHANGED. Opened with the first one, so what nobody reads holds
   * no file. They may not match the digest that they are stored under: decisions based on them must hash them.
   * `isLent`: each piece is overwritten once the next is asked for. `start`, `end`: these alone, the last one left out.
   */
  bytes(options?: {
    readonly isLent?: boolean;
    readonly start?: number;
    readonly end?: number;
  }): AsyncIterable<Uint8Array>;
}

/**
 * Null where the store has no such object, or anything but an object at its path. Rejects with STORE_MISSING where
 * there is no store.
 */
export interface ObjectReader {
  stat(sha256: Sha256Hex): Promise<ObjectFacts | null>;
  open(sha256: Sha256Hex): Promise<OpenObject | null>;
}

export interface PutRequest {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** null: not known beforehand; the answer has it. */
  readonly expectedSha256: Sha256Hex | null;
  readonly sizeBytesMax: number;
  /** What the sender announced, or null where it didn't. */
  readonly sizeBytesExpected: number | null;
}

export interface PutAnswer {
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  /** Whether it is new; of two concurrent puts both may be. */
  readonly created: boolean;
}

export interface ObjectWriter {
  /**
   * Streams and hashes the bytes, and makes the object visible once it is complete and on disk. Rejects, keeping
   * nothing, unless digest and size are as expected. An existing object is replaced by the same bytes, which repairs
   * damage.
   */
  put(request: PutRequest): Promise<PutAnswer>;
  /** Rejects where nothing could be written now. */
  checkWritable(): Promise<void>;
}

export interface TakeRequest {
  /** Written by nobody any more, by none of its names. */
  readonly file: string;
  readonly sha256: Sha256Hex;
}

export interface ObjectTaker {
  /**
   * Makes a file on the store's own file system an object without copying it: hashed, flushed to disk, and visible only then. false,
   * and nothing done: it is on another one. Rejects as `put` does.
   */
  take(request: TakeRequest): Promise<boolean>;
}

export interface ObjectLister {
  /** The objects whose digests begin with these two digits, in no order. Rejects with STORE_MISSING as a reader does. */
  list(prefix: string): AsyncIterable<ObjectFacts & { readonly sha256: Sha256Hex }>;
}

export interface ObjectRemover {
  /** → whether it existed. The caller has to know that nothing refers to it. */
  remove(sha256: Sha256Hex): Promise<boolean>;
  /** Removes remains of puts that stopped a day ago or earlier. */
  removeAbandoned(): Promise<void>;
}

export interface ObjectStore extends ObjectReader, ObjectWriter, ObjectTaker, ObjectLister, ObjectRemover {}

/** The read-only view, enforced at runtime, too. */
export function readerOf(store: ObjectReader): ObjectReader {
  return { stat: (sha256) => store.stat(sha256), open: (sha256) => store.open(sha256) };
}

export type ObjectStoreErrorCode =
  | 'OBJECT_DIGEST_MISMATCH'
  | 'OBJECT_TOO_LARGE'
  /** Fewer or more bytes than announced, or whoever sent them broke off. */
  | 'OBJECT_TRUNCATED'
  /** While it was read. */
  | 'OBJECT_CHANGED'
  | 'STORE_MISSING'
  | 'STORE_FULL'
  | 'STORE_UNAVAILABLE';

export class ObjectStoreError extends CodedError<ObjectStoreErrorCode> {
  static override readonly errorName = 'ObjectStoreError';
  constructor(code: ObjectStoreErrorCode, message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}
