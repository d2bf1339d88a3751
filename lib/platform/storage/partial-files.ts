/**
 * Files that arrive in parts, beside the objects: in the store's own folder, so that several portals see them and a whole one
 * becomes an object without being copied. What is in them proves nothing until `finish` has hashed all of it.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, opendir, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { isError } from '#core/error/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import {
  makeFolder,
  ObjectStoreError,
  storeFailure,
  type ObjectTaker,
  type ObjectWriter,
} from '../../host/object-store/index.ts';

export interface PartialFile {
  /** Appends; resolves once all of the chunk is written. */
  write(chunk: Uint8Array): Promise<void>;
  /** What was written survives a crash of the machine. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** By the ids of their uploads. One writer at a time: the caller sees to that. */
export interface PartialFiles {
  /** To go on at `offset`: what is beyond it goes. null: so much isn't there (any more). */
  open(id: string, offset: number): Promise<PartialFile | null>;
  /** All of it, hashed and on disk, becomes the object, or nothing is done. */
  finish(
    id: string,
    object: { readonly sha256: Sha256Hex; readonly sizeBytes: number },
  ): Promise<'stored' | 'other-bytes' | 'gone'>;
  remove(id: string): Promise<void>;
  list(): AsyncIterable<{ readonly id: string; readonly modifiedAt: Date }>;
}

const idForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** A link in its place could lead out of the store, and a pipe never ends. */
const plainFile = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Accesses nothing before it is used. */
export function openPartialFiles(folder: string, objects: ObjectTaker & ObjectWriter): PartialFiles {
  const place = join(folder, 'partial');
  const fileOf = (id: string): string => {
    if (!idForm.test(id)) throw new RangeError(`not the id of an upload: ${id}`);
    return join(place, id);
  };
  return {
    open: (id, offset) =>
      guarded(
        folder,
        async () => {
          await makeFolder(place);
          const handle = await open(
            fileOf(id),
            offset === 0 ? plainFile | constants.O_CREAT : plainFile,
            0o666,
          );
          try {
            const found = await handle.stat();
            if (found.isFile() && found.size >= offset) {
              await handle.truncate(offset);
              return writerAt(folder, handle, offset);
            }
          } catch (cause) {
            await handle.close();
            throw cause;
          }
          await handle.close();
          return null;
        },
        null,
      ),
    finish: (id, object) =>
      guarded(folder, async () => {
        // Under a name that nobody else has: a call at another portal that takes this one for dead finds nothing to go on in, where it would write
        // into the very file that becomes the object. What a crash leaves of it goes as an upload that no row tells of.
        const [file, taken] = [fileOf(id), fileOf(randomUUID())];
        try {
          await rename(file, taken);
        } catch (cause) {
          if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return 'gone';
          throw cause;
        }
        try {
          const { sha256 } = object;
          if (!(await objects.take({ file: taken, sha256 }))) await copy(objects, taken, object);
          await rm(taken, { force: true });
          return 'stored';
        } catch (cause) {
          await rename(taken, file).catch(() => undefined);
          if (isError(cause, ObjectStoreError) && cause.code === 'OBJECT_DIGEST_MISMATCH')
            return 'other-bytes';
          if (isError(cause, ObjectStoreError) && cause.code === 'OBJECT_TRUNCATED') return 'gone';
          throw cause;
        }
      }),
    remove: (id) => guarded(folder, () => rm(fileOf(id), { force: true })),
    async *list() {
      for (const name of await guarded(folder, () => namesIn(place), [])) {
        const found = idForm.test(name) ? await lstat(join(place, name)).catch(() => null) : null;
        if (found?.isFile() === true) yield { id: name, modifiedAt: found.mtime };
      }
    },
  };
}

/** `otherwise`: where there is no such file. */
async function guarded<T>(folder: string, work: () => Promise<T>, otherwise?: T): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (otherwise !== undefined && (cause as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw storeFailure(folder, cause);
  }
}

function writerAt(folder: string, handle: FileHandle, offset: number): PartialFile {
  let at = offset;
  return {
    write: (chunk) =>
      guarded(folder, async () => {
        let written = 0;
        while (written < chunk.byteLength) {
          const { bytesWritten } = await handle.write(
            chunk,
            written,
            chunk.byteLength - written,
            at + written,
          );
          written += bytesWritten;
        }
        at += written;
      }),
    flush: () => guarded(folder, () => handle.datasync()),
    close: () => guarded(folder, () => handle.close()),
  };
}

/** Where the file system has one name for a file. */
async function copy(
  objects: ObjectWriter,
  file: string,
  { sha256, sizeBytes }: { readonly sha256: Sha256Hex; readonly sizeBytes: number },
): Promise<void> {
  const handle = await open(file, plainFile);
  try {
    const bytes = handle.createReadStream({ start: 0, autoClose: false }) as AsyncIterable<Uint8Array>;
    await objects.put({
      bytes,
      expectedSha256: sha256,
      sizeBytesMax: sizeBytes,
      sizeBytesExpected: sizeBytes,
    });
  } finally {
    await handle.close();
  }
}

async function namesIn(place: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of await opendir(place)) names.push(name);
  return names;
}
