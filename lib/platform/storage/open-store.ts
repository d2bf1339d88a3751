/** The object store for the portal: web streams, and errors that tell the caller what to do. */
import { isError } from '#core/error/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { StorePlace } from '../../host/configuration/index.ts';
import {
  ObjectStoreError,
  bucketIn,
  openObjectBucket,
  openObjectFolder,
  openObjects,
  openPieces,
  presign,
  readerOf,
  type ObjectReader,
  type ObjectStore,
} from '../../host/object-store/index.ts';
import { log } from '../log/index.ts';
import { StorageError } from './artifact-store.ts';
import type { ArtifactStore, ReceivedObjects, ReleasedArtifacts, StoredArtifact } from './artifact-store.ts';
import { remembering } from './remember-check.ts';
import { openPartialObjects } from './partial-objects.ts';
import { openPartialFiles, type PartialFiles } from './partial-files.ts';

/** Throws a ConfigurationError where a bucket's keys are a credential and there is none. */
export function openReceived(place: StorePlace): ArtifactStore {
  if (typeof place === 'string') {
    const objects = openObjectFolder(place);
    return { ...receivedIn(objects), partial: partialIn(openPartialFiles(place, objects)) };
  }
  const bucket = bucketIn(place.s3);
  const objects = openObjectBucket(bucket);
  return { ...receivedIn(objects), partial: partialIn(openPartialObjects(openPieces(bucket), objects)) };
}

/** `isDirect`: whether browsers are sent to the bucket's own server. Throws as `openReceived` does. */
export function openReleased(place: StorePlace, { isDirect = false } = {}): ReleasedArtifacts {
  const bucket = typeof place === 'string' || !isDirect ? null : bucketIn(place.s3);
  const directAddress: ReleasedArtifacts['directAddress'] = (sha256, fileName) =>
    explained(() =>
      bucket === null ? Promise.resolve(null) : presign(bucket, { sha256, fileName, seconds: directSeconds }),
    );
  return { ...releasedIn(readerOf(openObjects(place)), typeof place === 'string'), directAddress };
}

/** Long enough for a browser to follow a redirect, and to go on after a cut that is noticed at once. */
const directSeconds = 60;

export function receivedIn(objects: ObjectStore): ReceivedObjects {
  return {
    put: ({ stream, ...request }) => explained(() => objects.put({ ...request, bytes: stream }), request),
    // Before the first upload there is no store, and nothing in it.
    open: (sha256) => explained(() => orMissing(openWith(objects, sha256), null)),
    async *list(prefix) {
      try {
        yield* objects.list(prefix);
      } catch (cause) {
        if (!isMissing(cause)) throw explain(cause);
      }
    },
    remove: (sha256) => explained(() => orMissing(objects.remove(sha256), false)),
    removeAbandoned: () => explained(() => objects.removeAbandoned()),
    checkWritable: remembering(() => explained(() => objects.checkWritable()), noteDown('artifact store')),
  };
}

function partialIn(files: PartialFiles): PartialFiles {
  return {
    async open(id, offset) {
      const file = await explained(() => files.open(id, offset));
      if (file === null) return null;
      return {
        write: (chunk) => explained(() => file.write(chunk)),
        flush: () => explained(() => file.flush()),
        close: () => explained(() => file.close()),
      };
    },
    finish: (id, object) => explained(() => files.finish(id, object)),
    remove: (id) => explained(() => files.remove(id)),
    list: () => files.list(),
  };
}

/** Asked only for what the signer says that it released: where there is no store, something is wrong with it. */
function releasedIn(objects: ObjectReader, isFolder: boolean): Omit<ReleasedArtifacts, 'directAddress'> {
  const look = async (): Promise<void> => {
    // The signer makes the folder with the first release; a bucket has to be there.
    await (isFolder ? orMissing(objects.stat(nobodys), null) : objects.stat(nobodys));
  };
  return {
    open: (sha256) => explained(() => openWith(objects, sha256)),
    checkReadable: remembering(() => explained(look), noteDown('release store')),
  };
}

/** No object has it; that there is none is the answer of a store that can be read. */
const nobodys = parseSha256Hex('0'.repeat(64));

/** Who asks is told that it is down and no more: it may be anybody. */
const noteDown =
  (store: string) =>
  (cause: unknown): void => {
    log.warn(
      { err: isError(cause, StorageError) ? (cause.cause ?? cause) : cause, store },
      'a store can’t be used',
    );
  };

async function openWith(
  objects: ObjectReader,
  sha256: Parameters<ObjectReader['open']>[0],
): Promise<StoredArtifact | null> {
  const found = await objects.open(sha256);
  if (found === null) return null;
  return { sizeBytes: found.sizeBytes, stream: (part) => streamOf(found.bytes(part)) };
}

/** Read as it is asked for; whoever cancels it ends the reading. */
export function streamOf(bytes: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]();
  return new ReadableStream(
    {
      async pull(controller) {
        const next = await iterator.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    // Nothing is read before the first request.
    { highWaterMark: 0 },
  );
}

const isMissing = (cause: unknown): boolean =>
  isError(cause, ObjectStoreError) && cause.code === 'STORE_MISSING';

async function orMissing<T, U>(work: Promise<T>, missing: U): Promise<T | U> {
  try {
    return await work;
  } catch (cause) {
    if (isMissing(cause)) return missing;
    throw cause;
  }
}

interface Sizes {
  readonly sizeBytesMax: number;
  /** Announced by the sender; null: nothing was. */
  readonly sizeBytesExpected: number | null;
}
const noSizes: Sizes = { sizeBytesMax: 0, sizeBytesExpected: null };

async function explained<T>(work: () => Promise<T>, sizes = noSizes): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw explain(cause, sizes);
  }
}

function explain(cause: unknown, { sizeBytesMax, sizeBytesExpected }: Sizes = noSizes): unknown {
  if (!isError(cause, ObjectStoreError)) return cause;
  switch (cause.code) {
    case 'OBJECT_TOO_LARGE':
      return new StorageError({
        code: 'ARTIFACT_TOO_LARGE',
        message:
          sizeBytesExpected !== null && sizeBytesExpected > sizeBytesMax
            ? `The upload has ${sizeBytesExpected} bytes, more than the ${sizeBytesMax} bytes this portal accepts.`
            : `The upload is larger than the ${sizeBytesMax} bytes this portal accepts.`,
        fix: 'Split the artifact, or ask the foundation to raise upload.sizeBytesMax.',
      });
    case 'OBJECT_DIGEST_MISMATCH':
      return new StorageError({
        code: 'ARTIFACT_DIGEST_MISMATCH',
        message: cause.message,
        fix: 'Compute the SHA-256 of the file you send (sha256sum FILE) and send that digest along.',
      });
    case 'OBJECT_TRUNCATED':
      return new StorageError({
        code: 'ARTIFACT_TRUNCATED',
        message: `The upload ended early: ${cause.message}.`,
        fix: 'Send the whole file again; the part that arrived was discarded.',
        cause,
      });
    case 'STORE_FULL':
      return new StorageError({
        code: 'STORE_FULL',
        message: 'The artifact store has no space left; nothing was stored.',
        fix: 'Try again later. The operators of this portal have to add space.',
        cause,
      });
    default:
      return new StorageError({
        code: 'STORE_UNAVAILABLE',
        message: 'The artifact store can’t be used right now; nothing was stored.',
        fix: 'Try again later.',
        cause,
      });
  }
}
