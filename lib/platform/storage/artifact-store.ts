import type { Sha256Hex } from '#core/ids/index.ts';
import type { ObjectLister, ObjectRemover, PutAnswer, PutRequest } from '../../host/object-store/index.ts';
import { ExplainedError } from '../http/index.ts';
import type { PartialFiles } from './partial-files.ts';

export interface StoredArtifact {
  readonly sizeBytes: number;
  /** The bytes, once; of a part, those from `start` to before `end`. Opened on first read, so an unread answer holds no file. */
  stream(part?: { readonly start: number; readonly end: number }): ReadableStream<Uint8Array>;
}

interface OpenedArtifacts {
  open(sha256: Sha256Hex): Promise<StoredArtifact | null>;
}

/** Released artifacts, read-only for the portal. Rejects with a StorageError. */
export interface ReleasedArtifacts extends OpenedArtifacts {
  /**
   * An address at which a browser gets the file from the bucket’s own server, for a minute; null: such addresses aren't given, or it is a folder.
   * Whoever has the address has the file: only for one that everybody may have, and that there is.
   */
  directAddress(sha256: Sha256Hex, fileName: string): Promise<string | null>;
  /** Rejects where nothing could be read now. Looked at every ten seconds at most, however many ask. */
  checkReadable(): Promise<void>;
}

/** What the portal received: lib/host/object-store in the words of this portal, which people read. Rejects with StorageErrors. */
export interface ReceivedObjects extends OpenedArtifacts, ObjectLister, ObjectRemover {
  put(input: Omit<PutRequest, 'bytes'> & { readonly stream: AsyncIterable<Uint8Array> }): Promise<PutAnswer>;
  /** Rejects where nothing could be written now. Tried every ten seconds at most, however many ask. */
  checkWritable(): Promise<void>;
}

export interface ArtifactStore extends ReceivedObjects {
  /** What hasn't arrived whole. Rejects with StorageErrors. */
  readonly partial: PartialFiles;
}

type StorageErrorCode =
  | 'ARTIFACT_DIGEST_MISMATCH'
  | 'ARTIFACT_TOO_LARGE'
  | 'ARTIFACT_TRUNCATED'
  | 'STORE_FULL'
  | 'STORE_UNAVAILABLE';

export class StorageError extends ExplainedError<StorageErrorCode> {
  static override readonly errorName = 'StorageError';
}
