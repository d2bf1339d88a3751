/** Writes what was sent to a file under `incoming/`, hashed and on disk, or nothing. */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import { ObjectStoreError, type PutRequest } from './object-store.ts';

/** Writes and flushes the bytes, and checks size and digest before anybody can see them. */
export async function writeObject(
  file: string,
  request: PutRequest,
): Promise<{ readonly sha256: Sha256Hex; readonly sizeBytes: number }> {
  const { expectedSha256, sizeBytesMax, sizeBytesExpected } = request;
  if (sizeBytesExpected !== null && sizeBytesExpected > sizeBytesMax) throw tooLarge(sizeBytesMax);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const handle = await open(file, 'wx');
  try {
    for await (const chunk of sent(request.bytes)) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > sizeBytesMax) throw tooLarge(sizeBytesMax);
      hash.update(chunk);
      await writeAll(handle, chunk);
    }
    if (sizeBytesExpected !== null && sizeBytes !== sizeBytesExpected) {
      throw new ObjectStoreError(
        'OBJECT_TRUNCATED',
        `${sizeBytes} of ${sizeBytesExpected} announced bytes arrived`,
      );
    }
    const sha256 = parseSha256Hex(hash.digest('hex'));
    if (expectedSha256 !== null && sha256 !== expectedSha256) {
      throw new ObjectStoreError(
        'OBJECT_DIGEST_MISMATCH',
        `The ${sizeBytes} bytes received hash to ${sha256}, not to ${expectedSha256}.`,
      );
    }
    await handle.sync();
    return { sha256, sizeBytes };
  } finally {
    await handle.close();
  }
}

/** The sender's faults are distinguished from the disk's. */
async function* sent(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]();
  let isOver = false;
  try {
    for (;;) {
      let next: IteratorResult<Uint8Array>;
      try {
        next = await iterator.next();
      } catch (cause) {
        isOver = true;
        throw new ObjectStoreError('OBJECT_TRUNCATED', 'the connection was lost', cause);
      }
      isOver = next.done === true;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    if (!isOver) await iterator.return?.();
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  let written = 0;
  while (written < chunk.byteLength) {
    const { bytesWritten } = await handle.write(chunk, written);
    written += bytesWritten;
  }
}

const tooLarge = (sizeBytesMax: number): ObjectStoreError =>
  new ObjectStoreError('OBJECT_TOO_LARGE', `larger than ${sizeBytesMax} bytes`);
