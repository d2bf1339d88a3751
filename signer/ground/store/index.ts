/**
 * The artifact store as the signer sees it: content-addressed files that somebody else may write.
 * Nothing in it is believed: what comes out is copied to a private place and hashed on the way.
 * The port has the shape of an object store (get by key, put once), so that S3 can stand behind it.
 */
import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import { messageOf, Unavailable } from '../availability/index.ts';

export interface StoredDigests {
  readonly sha256: Sha256Hex;
  /** 128 lower-case hexadecimal digits; npm's provenance names tarballs by it. */
  readonly sha512: string;
  readonly sizeBytes: number;
}

export interface ArtifactStore {
  /**
   * Copies an object into a private file and hashes it. null where the store has no such object, or something
   * else than a plain file in its place: a link could point at the signer's own secrets, a pipe never ends.
   */
  fetch(sha256: Sha256Hex, toFile: string, sizeBytesMax: number): Promise<StoredDigests | 'too-large' | null>;
}

export interface ReleaseStore {
  /** Puts a finished file under its own hash; the same content twice is one object. */
  put(fromFile: string, sha256: Sha256Hex): Promise<void>;
}

const chunked = { highWaterMark: 1 << 20 };
/** No link is followed, and opening a pipe doesn't wait for a writer. */
const plainFileOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** `<directory>/<first two digits>/<other 62 digits>` */
export function objectPath(directory: string, sha256: Sha256Hex): string {
  return path.join(directory, sha256.slice(0, 2), sha256.slice(2));
}

export function openArtifactStore(directory: string): ArtifactStore {
  return {
    async fetch(sha256, toFile, sizeBytesMax) {
      let handle: FileHandle | null = null;
      try {
        handle = await open(objectPath(directory, sha256), plainFileOnly);
        const found = await handle.stat();
        if (!found.isFile()) return null;
        if (found.size > sizeBytesMax) return 'too-large';
        // A file that grows meanwhile is read only as far as it was measured; its digest then tells.
        const source = handle.createReadStream({ ...chunked, start: 0, end: Math.max(0, found.size - 1) });
        return await copyHashing(source, toFile);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ELOOP' || code === 'EMLINK' || code === 'ENXIO') return null;
        if (code === 'ENOENT' && (await exists(directory))) return null;
        throw new Unavailable(
          'store',
          `the artifact store can’t be read: ${messageOf(error)}`,
          'check store.artifacts and the disk',
          error,
        );
      } finally {
        await handle?.close();
      }
    },
  };
}

export function openReleaseStore(directory: string): ReleaseStore {
  return {
    async put(fromFile, sha256) {
      const target = objectPath(directory, sha256);
      const temporary = path.join(path.dirname(target), `.${randomUUID()}.tmp`);
      try {
        await mkdir(path.dirname(target), { recursive: true });
        const written = await copyHashing(createReadStream(fromFile, chunked), temporary);
        if (written.sha256 !== sha256) {
          throw new Unavailable(
            'store',
            `the file to release changed on disk: ${written.sha256}, not ${sha256}`,
            'check the disk of the work directory',
          );
        }
        const handle = await open(temporary, 'r');
        await handle.sync();
        await handle.close();
        await rename(temporary, target);
      } catch (error) {
        await unlink(temporary).catch(() => undefined);
        if (error instanceof Unavailable) throw error;
        throw new Unavailable(
          'store',
          `the release store can’t be written: ${messageOf(error)}`,
          'check store.released and free disk space',
          error,
        );
      }
    },
  };
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function copyHashing(source: Readable, toFile: string): Promise<StoredDigests> {
  const sha256 = createHash('sha256');
  const sha512 = createHash('sha512');
  let sizeBytes = 0;
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sha256.update(chunk);
      sha512.update(chunk);
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline(source, hashing, createWriteStream(toFile, { mode: 0o600, flags: 'wx' }));
  return { sha256: parseSha256Hex(sha256.digest('hex')), sha512: sha512.digest('hex'), sizeBytes };
}
