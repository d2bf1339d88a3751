/**
 * The store as the signer sees it: objects (lib/host/object-store) that anybody may have put there, and its own
 * releases. Nothing that the store reports is trusted: objects are copied to a private place and hashed on the way.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { CodedError, isError, throwNaming } from '#core/error/index.ts';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import type { StorePlace } from '../../../lib/host/configuration/index.ts';
import {
  ObjectStoreError,
  openObjects,
  readerOf,
  type ObjectReader,
  type ObjectTaker,
  type ObjectWriter,
} from '../../../lib/host/object-store/index.ts';
import { asHostFault, messageOf, Unavailable } from '../availability/index.ts';

export { openReleasedFiles, type Released, type ReleasedFiles } from './check-released.ts';

export interface StoredDigests {
  readonly sha256: Sha256Hex;
  /** 128 lower-case hexadecimal digits; npm's provenance names tarballs by it. null: nobody asked for it. */
  readonly sha512: string | null;
  readonly sizeBytes: number;
}

export interface ArtifactStore {
  /**
   * Copies an object into a private file and hashes it. null where the store has no such object, or anything but a
   * plain file: a link could point to the signer's own secrets, a pipe never ends.
   */
  fetch(
    sha256: Sha256Hex,
    toFile: string,
    sizeBytesMax: number,
    also?: { readonly sha512: boolean },
  ): Promise<StoredDigests | 'too-large' | null>;
}

export interface ReleaseStore {
  /** Puts a finished file under its own hash; the same content twice is one object. */
  put(fromFile: string, sha256: Sha256Hex): Promise<void>;
  /** The same for a file that nobody writes to any more: it isn't copied where it is on the store's file system. */
  take(fromFile: string, sha256: Sha256Hex): Promise<void>;
  /** Rejects where nothing could be written now. */
  checkWritable(): Promise<void>;
}

export const openArtifactStore = (place: StorePlace): ArtifactStore =>
  artifactsIn(readerOf(openObjects(place)));

export const openReleaseStore = (place: StorePlace): ReleaseStore => releasesIn(openObjects(place));

export function artifactsIn(objects: ObjectReader): ArtifactStore {
  return {
    async fetch(sha256, toFile, sizeBytesMax, also = { sha512: true }) {
      try {
        const found = await objects.open(sha256);
        if (found === null) return null;
        if (found.sizeBytes > sizeBytesMax) return 'too-large';
        return await copyHashing(found.bytes({ isLent: true }), toFile, sizeBytesMax, also);
      } catch (error) {
        if (error instanceof NotCopied) throw asHostFault(error.cause, toFile);
        throw new Unavailable(
          'store',
          `the artifact store can’t be read: ${messageOf(error)}`,
          'check store.artifacts and its disk, or its server',
          error,
        );
      }
    },
  };
}

/** The expected digest and size of the file to be released, checked while it is read. */
const changes: readonly string[] = ['OBJECT_DIGEST_MISMATCH', 'OBJECT_TOO_LARGE'];

export function releasesIn(objects: ObjectWriter & ObjectTaker): ReleaseStore {
  const put = async (fromFile: string, sha256: Sha256Hex): Promise<void> => {
    const { size } = await stat(fromFile);
    const bytes = createReadStream(fromFile, { highWaterMark: 1 << 20 });
    await objects.put({ bytes, expectedSha256: sha256, sizeBytesMax: size, sizeBytesExpected: size });
  };
  return {
    put: (fromFile, sha256) => put(fromFile, sha256).catch(unreleased),
    async take(file, sha256) {
      if (!(await objects.take({ file, sha256 }).catch(unreleased)))
        await put(file, sha256).catch(unreleased);
    },
    checkWritable: () => objects.checkWritable().catch(unreleased),
  };
}

function unreleased(error: unknown): never {
  if (isError(error, ObjectStoreError) && changes.includes(error.code)) {
    throw new Unavailable(
      'store',
      `the file to release changed on disk: ${error.message}`,
      'check the disk of the work directory',
      error,
    );
  }
  throw new Unavailable(
    'store',
    `the release store can’t be written: ${messageOf(error)}`,
    'check store.released and its free space, or its server',
    error,
  );
}

/** The signer's own copy is what failed, not the store. */
class NotCopied extends CodedError<'NOT_COPIED'> {
  static override readonly errorName = 'NotCopied';
  constructor(cause: unknown) {
    super('NOT_COPIED', messageOf(cause), { cause });
  }
}

/** Aborts where a store delivers more than it announced. */
async function copyHashing(
  source: AsyncIterable<Uint8Array>,
  toFile: string,
  sizeBytesMax: number,
  also: { readonly sha512: boolean },
): Promise<StoredDigests> {
  const sha256 = createHash('sha256');
  const sha512 = also.sha512 ? createHash('sha512') : null;
  let sizeBytes = 0;
  const failed = (cause: unknown): never => {
    try {
      throwNaming(toFile, cause);
    } catch (named) {
      throw new NotCopied(named);
    }
  };
  const handle = await open(toFile, 'wx', 0o600).catch(failed);
  try {
    for await (const chunk of source) {
      sizeBytes += chunk.length;
      if (sizeBytes > sizeBytesMax) {
        throw new RangeError(`it delivered more than the announced ${sizeBytesMax} bytes`);
      }
      // Hashed while another thread writes.
      const writing = writeAll(handle, chunk).catch(failed);
      sha256.update(chunk);
      sha512?.update(chunk);
      await writing;
    }
  } finally {
    await handle.close();
  }
  return { sha256: parseSha256Hex(sha256.digest('hex')), sha512: sha512?.digest('hex') ?? null, sizeBytes };
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length;) at += (await handle.write(chunk, at)).bytesWritten;
}
