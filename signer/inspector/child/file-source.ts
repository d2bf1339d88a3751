/** Files of the request as the core sees them: random access to read, hashed streams to write. */
import { createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { streamRange } from '#core/formats/archive/index.ts';
import { RandomAccessError, type RandomAccessSource } from '#core/formats/random-access.ts';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';

/** Opens a file for the duration of `use`. Its size is read once; bytes added later are ignored. */
export async function withFile<Result>(
  file: string,
  use: (source: RandomAccessSource) => Promise<Result>,
): Promise<Result> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    return await use({
      size,
      async read(offset, length) {
        const bytes = new Uint8Array(length);
        for (let filled = 0; filled < length;) {
          const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
          if (bytesRead === 0) {
            throw new RandomAccessError(
              'SHORT_READ',
              offset + filled,
              'the file ends early: it changed while being read',
            );
          }
          filled += bytesRead;
        }
        return bytes;
      },
    });
  } finally {
    await handle.close();
  }
}

/** A whole file in chunks, opened when the first is read. */
export async function* streamFile(file: string): AsyncGenerator<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    for (;;) {
      const { bytesRead, buffer } = await handle.read(new Uint8Array(256 * 1024), 0, null, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

export interface WrittenFile {
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
}

/** Writes a new file; fails where one of that name exists. */
export async function writeFile(
  file: string,
  content: AsyncIterable<Uint8Array>,
  alsoHash?: Hash,
): Promise<WrittenFile> {
  const handle = await open(file, 'wx', 0o600);
  try {
    const written = async function* () {
      for await (const chunk of content) {
        alsoHash?.update(chunk);
        for (let at = 0; at < chunk.length;) at += (await handle.write(chunk, at)).bytesWritten;
        yield chunk;
      }
    };
    return await digestOf(written());
  } finally {
    await handle.close();
  }
}

export async function digestOf(content: AsyncIterable<Uint8Array>): Promise<WrittenFile> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of content) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { sha256: hexDigest(hash.digest()), sizeBytes };
}

export const digestOfSource = (source: RandomAccessSource): Promise<WrittenFile> =>
  digestOf(streamRange(source));

function hexDigest(digest: Uint8Array): Sha256Hex {
  return parseSha256Hex(Buffer.from(digest).toString('hex'));
}
