/**
 * The artifact store as a folder: `<first two digits>/<other 62>`, as the signer reads it. A file is written under `incoming/`, hashed on
 * the way, flushed to disk and only then renamed, so a crash leaves at most a file nobody can name.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, opendir, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { isError } from '#core/error/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import { StorageError } from './artifact-store.ts';
import type { ArtifactStore } from './artifact-store.ts';

type PutInput = Parameters<ArtifactStore['put']>[0];

/** Uploads take minutes, not a day: what is older than this was left by a process that died. */
const abandonedAfterMilliseconds = 24 * 60 * 60 * 1000;

export function openFolderStore(input: { readonly dir: string }): ArtifactStore {
  const incoming = join(input.dir, 'incoming');
  const fileOf = (sha256: Sha256Hex): string => join(input.dir, sha256.slice(0, 2), sha256.slice(2));
  let ready: Promise<void> | null = null;
  const prepared = async (): Promise<void> => {
    ready ??= prepare(incoming);
    try {
      await ready;
    } catch (cause) {
      ready = null;
      throw storageFailure(cause);
    }
  };

  return {
    async put(request) {
      await prepared();
      const temporary = join(incoming, randomUUID());
      try {
        const { sha256, sizeBytes } = await writeChecked(temporary, request);
        const target = fileOf(sha256);
        const existed = await sizeOf(target);
        await publish(temporary, target);
        return { sha256, sizeBytes, created: existed === null };
      } catch (cause) {
        await rm(temporary, { force: true });
        throw storageFailure(cause);
      }
    },
    async open(sha256) {
      const file = fileOf(sha256);
      const sizeBytes = await sizeOf(file);
      if (sizeBytes === null) return null;
      return {
        sizeBytes,
        stream: () => Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>,
      };
    },
    async remove(sha256) {
      try {
        await unlink(fileOf(sha256));
        return true;
      } catch (cause) {
        if (codeOf(cause) === 'ENOENT') return false;
        throw storageFailure(cause);
      }
    },
    list: (prefix) => objectsOf(join(input.dir, prefix), prefix),
    async removeAbandoned() {
      await prepare(incoming).catch((cause: unknown) => {
        throw storageFailure(cause);
      });
    },
    async checkWritable() {
      await prepared();
      const probe = join(incoming, `probe-${randomUUID()}`);
      try {
        const handle = await open(probe, 'wx');
        await handle.write('probe');
        await handle.close();
      } catch (cause) {
        throw storageFailure(cause);
      } finally {
        await rm(probe, { force: true });
      }
    },
  };
}

async function prepare(incoming: string): Promise<void> {
  await mkdir(incoming, { recursive: true });
  for (const name of await readdir(incoming)) {
    const file = join(incoming, name);
    const found = await stat(file).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > abandonedAfterMilliseconds)
      await rm(file, { force: true });
  }
}

const prefixForm = /^[0-9a-f]{2}$/;
const restForm = /^[0-9a-f]{62}$/;

async function* objectsOf(
  folder: string,
  prefix: string,
): AsyncGenerator<{ readonly sha256: Sha256Hex; readonly modifiedAt: Date }> {
  if (!prefixForm.test(prefix)) throw new RangeError(`not two hexadecimal digits: ${prefix}`);
  try {
    for await (const entry of await opendir(folder)) {
      if (!entry.isFile() || !restForm.test(entry.name)) continue;
      const found = await stat(join(folder, entry.name)).catch(() => null);
      if (found !== null) yield { sha256: parseSha256Hex(prefix + entry.name), modifiedAt: found.mtime };
    }
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT') throw storageFailure(cause);
  }
}

/** Writes and flushes the stream, and checks size and digest before anybody can see the file. */
async function writeChecked(
  file: string,
  request: PutInput,
): Promise<{ readonly sha256: Sha256Hex; readonly sizeBytes: number }> {
  const { expectedSha256, sizeBytesMax, sizeBytesExpected } = request;
  if (sizeBytesExpected !== null && sizeBytesExpected > sizeBytesMax) throw tooLarge(sizeBytesMax);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const handle = await open(file, 'wx');
  try {
    for await (const chunk of request.stream) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > sizeBytesMax) throw tooLarge(sizeBytesMax);
      hash.update(chunk);
      await writeAll(handle, chunk);
    }
    if (sizeBytesExpected !== null && sizeBytes !== sizeBytesExpected) {
      throw truncated(`${sizeBytes} of ${sizeBytesExpected} announced bytes arrived`);
    }
    const found = parseSha256Hex(hash.digest('hex'));
    if (expectedSha256 !== null && found !== expectedSha256) {
      throw new StorageError({
        code: 'ARTIFACT_DIGEST_MISMATCH',
        message: `The ${sizeBytes} bytes received hash to ${found}, not to ${expectedSha256}.`,
        fix: 'Compute the SHA-256 of the file you send (sha256sum FILE) and send that digest along.',
      });
    }
    await handle.sync();
    return { sha256: found, sizeBytes };
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  let written = 0;
  while (written < chunk.byteLength) {
    const { bytesWritten } = await handle.write(chunk, written);
    written += bytesWritten;
  }
}

/** Rename, then flush the folder: without that a power loss could forget the name. */
async function publish(temporary: string, target: string): Promise<void> {
  const folder = dirname(target);
  await mkdir(folder, { recursive: true });
  await rename(temporary, target);
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function sizeOf(file: string): Promise<number | null> {
  try {
    const found = await stat(file);
    return found.isFile() ? found.size : null;
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw storageFailure(cause);
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

const tooLarge = (sizeBytesMax: number): StorageError =>
  new StorageError({
    code: 'ARTIFACT_TOO_LARGE',
    message: `The upload is larger than the ${sizeBytesMax} bytes this portal accepts.`,
    fix: 'Split the artifact, or ask the foundation to raise upload.sizeBytesMax.',
  });

const truncated = (detail: string, cause?: unknown): StorageError =>
  new StorageError({
    code: 'ARTIFACT_TRUNCATED',
    message: `The upload ended early: ${detail}.`,
    fix: 'Send the whole file again; nothing of it was kept.',
    cause,
  });

function storageFailure(cause: unknown): StorageError {
  if (isError(cause, StorageError)) return cause;
  const code = codeOf(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new StorageError({
      code: 'STORE_FULL',
      message: 'The artifact store has no space left; nothing was kept.',
      fix: 'Try again later. The operators of this portal have to add space.',
      cause,
    });
  }
  // What isn't a file system's error came from the stream: the sender went away.
  if (cause instanceof Error && !('syscall' in cause)) return truncated('the connection was lost', cause);
  return new StorageError({
    code: 'STORE_UNAVAILABLE',
    message: 'The artifact store can not be used right now; nothing was kept.',
    fix: 'Try again later.',
    cause,
  });
}
