import type { Sha256Hex } from '#core/ids/index.ts';
import { ExplainedError } from '../http/index.ts';
import type { Explanation } from '../http/index.ts';

export interface StoredArtifact {
  readonly sizeBytes: number;
  /** The bytes, once. Opened on first read, so an unread answer holds no file. */
  stream(): ReadableStream<Uint8Array>;
}

/**
 * Bytes under their own SHA-256. Nothing is ever visible under a name it doesn't hash to, nothing is
 * overwritten, and no call holds a file in memory: a folder and an object store both fit.
 */
export interface ArtifactStore {
  /** Streams in; rejects with a StorageError and keeps nothing unless digest and size are as told. */
  put(input: {
    readonly stream: AsyncIterable<Uint8Array>;
    /** null: whatever it comes to; the answer says. */
    readonly expectedSha256: Sha256Hex | null;
    readonly sizeBytesMax: number;
    /** What the sender announced (Content-Length), or null where it didn't. */
    readonly sizeBytesExpected: number | null;
  }): Promise<{ readonly sha256: Sha256Hex; readonly sizeBytes: number; readonly created: boolean }>;
  open(sha256: Sha256Hex): Promise<StoredArtifact | null>;
  /** → whether it was there. Only for what nothing refers to: lib/uploads asks first. */
  remove(sha256: Sha256Hex): Promise<boolean>;
  /** The objects whose digests begin with these two digits, in no order. */
  list(prefix: string): AsyncIterable<{ readonly sha256: Sha256Hex; readonly modifiedAt: Date }>;
  /** Removes what is left of uploads that stopped coming in a day ago or earlier. */
  removeAbandoned(): Promise<void>;
  /** Rejects with a StorageError where nothing could be written now. */
  checkWritable(): Promise<void>;
}

type StorageErrorCode =
  | 'ARTIFACT_DIGEST_MISMATCH'
  | 'ARTIFACT_TOO_LARGE'
  | 'ARTIFACT_TRUNCATED'
  | 'STORE_FULL'
  | 'STORE_UNAVAILABLE';

export class StorageError extends ExplainedError<StorageErrorCode> {
  static readonly errorName = 'StorageError';
  constructor(explanation: Explanation<StorageErrorCode>) {
    super(StorageError.errorName, explanation);
  }
}
