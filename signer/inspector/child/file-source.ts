/** Files of the request as the core sees them: random access to read, hashed streams to write. */
import { createHash } from 'node:crypto';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { streamRange } from '#core/formats/archive/index.ts';
import { memorySource, RandomAccessError, type RandomAccessSource } from '#core/formats/random-access.ts';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';

/**
 * What this process wrote last, as long as it is small: most files are looked at right after they were unpacked, and reading one costs
 * more than all that is asked of it.
 */
let held: { readonly file: string; readonly bytes: Uint8Array } | null = null;
const heldBytesMax = 1024 * 1024;
const empty = new Uint8Array(0);

/** Callers may write to what they get. */
function copiesOf(bytes: Uint8Array): RandomAccessSource {
  const source = memorySource(bytes);
  const read = async (offset: number, length: number): Promise<Uint8Array> =>
    Uint8Array.from(await source.read(offset, length));
  return { size: source.size, read };
}

/** Opens a file for the duration of `use`. Its size is read once; bytes added later are ignored. */
export async function withFile<Result>(
  file: string,
  use: (source: RandomAccessSource) => Promise<Result>,
): Promise<Result> {
  if (held?.file === file) return use(copiesOf(held.bytes));
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    return await use(withReadAhead({ size, read: (offset, length) => readFrom(handle, offset, length) }));
  } finally {
    await handle.close();
  }
}

async function readFrom(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(length);
  for (let filled = 0; filled < length;) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) {
      const message = 'the file ends early: it changed while being read';
      throw new RandomAccessError('SHORT_READ', offset + filled, message);
    }
    filled += bytesRead;
  }
  return bytes;
}

const [smallReadMax, windowBytes] = [1024, 16 * 1024];

/** Headers are read in small pieces, one behind the other: a read of the system for each costs more than reading all of them at once. */
function withReadAhead(source: RandomAccessSource): RandomAccessSource {
  const { size } = source;
  let window: { readonly at: number; readonly bytes: Uint8Array } | null = null;
  return {
    size,
    async read(offset, length) {
      if (length > smallReadMax || offset < 0 || offset + length > size) return source.read(offset, length);
      if (window === null || offset < window.at || offset + length > window.at + window.bytes.length)
        window = { at: offset, bytes: await source.read(offset, Math.min(windowBytes, size - offset)) };
      // A copy: callers may write to what they get.
      return Uint8Array.from(window.bytes.subarray(offset - window.at, offset - window.at + length));
    },
  };
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
  held = null;
  const kept: Uint8Array[] = [];
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    for await (const chunk of content) {
      // Hashed while another thread writes.
      const writing = writeAll(handle, chunk);
      hash.update(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes > heldBytesMax) kept.length = 0;
      else kept.push(chunk);
      await writing;
    }
    const digest = { sha256: hexDigest(hash.digest()), sizeBytes };
    hashed.set(file, { ...digest, as: await versionOf(file) });
    const [only = empty, ...more] = kept;
    if (sizeBytes <= heldBytesMax) held = { file, bytes: more.length === 0 ? only : Buffer.concat(kept) };
    return digest;
  } finally {
    await handle.close();
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length;) at += (await handle.write(chunk, at)).bytesWritten;
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

/** What the daemon, which may say so, hashed as it wrote the file. One of another size is hashed here. */
export async function rememberDigest(file: string, { sha256, sizeBytes }: WrittenFile): Promise<void> {
  const { size } = await stat(file);
  if (size === sizeBytes) hashed.set(file, { sha256, sizeBytes, as: await versionOf(file) });
}

/** Reads the file unless this process has, and it is as it was then. */
export async function digestOfFile(file: string): Promise<WrittenFile> {
  const as = await versionOf(file);
  const known = hashed.get(file);
  if (known?.as === as) return { sha256: known.sha256, sizeBytes: known.sizeBytes };
  held = null;
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
