/**
 * The object store as a folder: `<first two digits>/<other 62>`. A file is written under `incoming/`, hashed on the
 * way, flushed to disk and
 * only then renamed, so a crash leaves at most a file without a digest as its name. Others may write into it: only
 * plain files in the store's own folders are objects.
 */
import { randomUUID } from 'node:crypto';
import { lstat, open, opendir, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isError } from '#core/error/index.ts';
import { fileSource, lentChunks, RandomAccessError, readChunks } from '#core/formats/random-access.ts';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import { ObjectStoreError, type ObjectFacts, type ObjectStore, type OpenObject } from './object-store.ts';
import {
  codeOf,
  isFolder,
  makeFolder,
  objectPath,
  openPlainFile,
  storeFailure,
  syncFolder,
} from './place.ts';
import { linkHashed } from './take-file.ts';
import { writeObject } from './write-object.ts';

/** Puts take minutes, not a day: anything older was left by a process that died. */
const abandonedAfterMilliseconds = 24 * 60 * 60 * 1000;

/** Accesses nothing before it is used; the first put creates the folder. */
export function openObjectFolder(folder: string): ObjectStore {
  const incoming = join(folder, 'incoming');
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw storeFailure(folder, cause);
    }
  };
  let ready: Promise<void> | null = null;
  const prepared = async (): Promise<void> => {
    ready ??= prepare(incoming);
    try {
      await ready;
    } catch (cause) {
      ready = null;
      throw cause;
    }
  };
  const stat = (sha256: Sha256Hex): Promise<ObjectFacts | null> =>
    guarded(() => factsOf(folder, objectPath(folder, sha256)));

  return {
    stat,
    async open(sha256) {
      const facts = await stat(sha256);
      if (facts === null) return null;
      const { sizeBytes } = facts;
      const file = objectPath(folder, sha256);
      return {
        ...facts,
        bytes: (part = {}) => bytesOf(folder, file, sizeBytes, part),
      };
    },
    put: (request) =>
      guarded(async () => {
        await prepared();
        const temporary = join(incoming, randomUUID());
        try {
          const { sha256, sizeBytes } = await writeObject(temporary, request);
          const target = objectPath(folder, sha256);
          const before = await factsOf(folder, target);
          await publish(temporary, target);
          return { sha256, sizeBytes, created: before === null };
        } catch (cause) {
          await rm(temporary, { force: true });
          throw cause;
        }
      }),
    take: (request) =>
      guarded(async () => {
        await prepared();
        const temporary = join(incoming, randomUUID());
        try {
          const isLinked = await linkHashed(request, temporary);
          if (isLinked) await publish(temporary, objectPath(folder, request.sha256));
          return isLinked;
        } finally {
          // Also where the object was this very file already: then renaming does nothing.
          await rm(temporary, { force: true });
        }
      }),
    checkWritable: () =>
      guarded(async () => {
        await prepared();
        const probe = join(incoming, `probe-${randomUUID()}`);
        try {
          const handle = await open(probe, 'wx');
          try {
            await handle.write('probe');
          } finally {
            await handle.close();
          }
        } finally {
          await rm(probe, { force: true });
        }
      }),
    list: (prefix) => objectsOf(folder, prefix),
    remove: (sha256) =>
      guarded(async () => {
        const file = objectPath(folder, sha256);
        // A link would lead into another store.
        if (!(await isFolder(dirname(file)))) return false;
        try {
          await unlink(file);
          return true;
        } catch (cause) {
          if (codeOf(cause) === 'ENOENT') return false;
          throw cause;
        }
      }),
    removeAbandoned: () => guarded(() => prepare(incoming)),
  };
}

async function prepare(incoming: string): Promise<void> {
  await makeFolder(incoming);
  for await (const { name } of await opendir(incoming)) {
    const file = join(incoming, name);
    const found = await lstat(file).catch(() => null);
    // A folder is not left over from a put, and an attempt to remove it as a file would make every put fail.
    if (found !== null && !found.isDirectory() && Date.now() - found.mtimeMs > abandonedAfterMilliseconds)
      await rm(file, { force: true });
  }
}

async function publish(temporary: string, target: string): Promise<void> {
  const folder = dirname(target);
  const isNew = await makeFolder(folder);
  await rename(temporary, target);
  await syncFolder(folder);
  if (isNew) await syncFolder(dirname(folder));
}

async function factsOf(folder: string, file: string): Promise<ObjectFacts | null> {
  if (await isFolder(dirname(file))) {
    const found = await lstat(file).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    });
    return found?.isFile() === true ? { sizeBytes: found.size, modifiedAt: found.mtime } : null;
  }
  await checkThere(folder);
  return null;
}

/** A missing object means something only where the store exists. The store itself may be a link. */
async function checkThere(folder: string): Promise<void> {
  try {
    const folders = await opendir(folder);
    await folders.close();
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT') throw cause;
    throw new ObjectStoreError('STORE_MISSING', `there is no folder ${folder}`, cause);
  }
}

async function* bytesOf(
  folder: string,
  file: string,
  sizeBytes: number,
  { isLent = false, start = 0, end = sizeBytes }: NonNullable<Parameters<OpenObject['bytes']>[0]>,
): AsyncGenerator<Uint8Array> {
  const changed = (): ObjectStoreError =>
    new ObjectStoreError('OBJECT_CHANGED', `${file} is not what it was as it was looked up`);
  try {
    const handle = await openPlainFile(file);
    if (handle === null) throw changed();
    try {
      const found = await handle.stat();
      if (!found.isFile() || found.size !== sizeBytes) throw changed();
      // A growing file is read only up to its measured size.
      const source = fileSource(handle, sizeBytes);
      yield* isLent ? lentChunks(source, start, end) : readChunks(source, start, end);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw isError(cause, RandomAccessError) ? changed() : storeFailure(folder, cause);
  }
}

const prefixForm = /^[0-9a-f]{2}$/;
const restForm = /^[0-9a-f]{62}$/;

async function* objectsOf(
  folder: string,
  prefix: string,
): AsyncGenerator<ObjectFacts & { readonly sha256: Sha256Hex }> {
  if (!prefixForm.test(prefix)) throw new RangeError(`not two hexadecimal digits: ${prefix}`);
  const part = join(folder, prefix);
  try {
    if (!(await isFolder(part))) {
      await checkThere(folder);
      return;
    }
    for await (const { name } of await opendir(part)) {
      if (!restForm.test(name)) continue;
      const facts = await factsOf(folder, join(part, name));
      if (facts !== null) yield { ...facts, sha256: parseSha256Hex(prefix + name) };
    }
  } catch (cause) {
    throw storeFailure(folder, cause);
  }
}
