/** Writes what was sent to a file under `incoming/`, hashed and on disk, or nothing. */
import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import type { Sha256Hex } from '#core/ids/index.ts';
import type { PutRequest } from './object-store.ts';
import { checkSent, sent, tooLarge } from './sent-bytes.ts';

/** Writes and flushes the bytes, and checks size and digest before anybody can see them. */
export async function writeObject(
  file: string,
  request: PutRequest,
): Promise<{ readonly sha256: Sha256Hex; readonly sizeBytes: number }> {
  const { sizeBytesMax, sizeBytesExpected } = request;
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
    const sha256 = checkSent(request, sizeBytes, hash);
    await handle.sync();
    return { sha256, sizeBytes };
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
