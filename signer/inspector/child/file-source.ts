/** Files of the request as the core sees them: random access to read, hashed streams to write. */
import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
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
        const bytes = Buffer.allocUnsafeSlow(length);
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
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(256 * 1024), 0, null, null);
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
export async function writeFile(file: string, content: AsyncIterable<Uint8Array>): Promise<WrittenFile> {
  const handle = await open(file, 'wx', 0o600);
  try {
    const written = async function* () {
      for await (const chunk of content) {
        for (let at = 0; at < chunk.length;) at += (await handle.write(chunk, at)).bytesWritten;
        yield chunk;
      }
    };
    const digest = await digestOf(written());
    hashed.set(file, { ...digest, as: await versionOf(file) });
    return digest;
  } finally {
    await handle.close();
  }
}

/**
 * Files that this process wrote or hashed, as they were then. Nobody else but the signer's own user can change them, and
 * this process is the one that says what they hold: reading them again would ask the same witness twice.
 */
const hashed = new Map<string, WrittenFile & { readonly as: string }>();

/** Changes with every write to the file, and with the file itself. */
async function versionOf(file: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

/** Reads the file unless this process has, and it is as it was then. */
export async function digestOfFile(file: string): Promise<WrittenFile> {
  const as = await versionOf(file);
  const known = hashed.get(file);
  if (known?.as === as) return { sha256: known.sha256, sizeBytes: known.sizeBytes };
  const digest = await withFile(file, (source) => digestOf(streamRange(source)));
  hashed.set(file, { ...digest, as });
  return digest;
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

function hexDigest(digest: Uint8Array): Sha256Hex {
  return parseSha256Hex(Buffer.from(digest).toString('hex'));
}
