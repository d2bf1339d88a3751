/** Files of the request as the core sees them: random access to read, hashed streams to write. */
import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { open, stat, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  fileSource,
  lentChunks,
  memorySource,
  readChunks,
  type RandomAccessSource,
} from '#core/formats/random-access.ts';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import { nameOfPiece, pieceAt, pieceBytesMax, piecesName, type Piece } from '../piece.ts';

/**
 * What this process wrote last, as long as it is small: most files are looked at right after they were unpacked, and reading one costs
 * more than all that is asked of it.
 */
let held: Held | null = null;
const heldBytesMax = 4 * 1024 * 1024;

interface Held {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly as: string;
  /** What `bytes` is the beginning of: the next file gets it, unless somebody still reads this one. */
  readonly room: Uint8Array;
  readers: number;
}

function takeRoom(): Uint8Array {
  const room = held?.readers === 0 ? held.room : new Uint8Array(heldBytesMax);
  held = null;
  return room;
}

/** Callers may write to what they read. */
function copiesOf(bytes: Uint8Array): RandomAccessSource {
  const source = memorySource(bytes);
  const read = async (offset: number, length: number): Promise<Uint8Array> =>
    Uint8Array.from(await source.read(offset, length));
  return { ...source, read };
}

/** Opens a file, or a piece of one, for the duration of `use`. Its size is read once; bytes added later are ignored. */
export async function withFile<Result>(
  file: string,
  use: (source: RandomAccessSource) => Promise<Result>,
): Promise<Result> {
  if (held?.file === file) return withHeld(held, use);
  const piece = pieceIn(file);
  const handle = await open(piece?.file ?? file, 'r');
  try {
    if (piece !== null) {
      const source = pieceSource(handle, piece);
      return await use(withReadAhead({ ...source, ...contentOf(file, pieceVersion) }));
    }
    const found = await handle.stat({ bigint: true });
    const source = fileSource(handle, Number(found.size));
    return await use(withReadAhead({ ...source, ...contentOf(file, versionIn(found)) }));
  } finally {
    await handle.close();
  }
}

async function withHeld<Result>(
  one: Held,
  use: (source: RandomAccessSource) => Promise<Result>,
): Promise<Result> {
  one.readers += 1;
  try {
    return await use({ ...copiesOf(one.bytes), ...contentOf(one.file, one.as) });
  } finally {
    one.readers -= 1;
  }
}

/** What is read ahead at first, and at most; what isn't small beside that is read by itself. */
const [aheadBytesMin, aheadBytesMax, smallParts] = [16 * 1024, 256 * 1024, 4];

/**
 * Small pieces are read one behind the other, headers and an archive's files: a read of the system for each costs more than reading all of
 * them at once. Who goes on where the last read ended is read ahead for twice as far.
 */
function withReadAhead(source: RandomAccessSource): RandomAccessSource {
  const { size } = source;
  let window: { readonly at: number; readonly bytes: Uint8Array } = { at: 0, bytes: new Uint8Array(0) };
  let [ahead, last] = [aheadBytesMin, 0];
  return {
    ...source,
    async read(offset, length) {
      if (offset < 0 || offset + length > size) return source.read(offset, length);
      const isAhead = offset >= window.at && offset + length <= window.at + window.bytes.length;
      if (!isAhead) {
        const goesOn = offset >= window.at && offset <= last;
        ahead = goesOn ? Math.min(2 * ahead, aheadBytesMax) : aheadBytesMin;
      }
      last = offset + length;
      if (!isAhead) {
        if (length > ahead / smallParts) return source.read(offset, length);
        window = { at: offset, bytes: await source.read(offset, Math.min(ahead, size - offset)) };
      }
      // A copy: callers may write to what they get.
      return new Uint8Array(window.bytes.subarray(offset - window.at, offset - window.at + length));
    },
  };
}

/** A whole file in chunks, opened when the first is read; a small one in a single one. They aren't lent. */
export async function* streamFile(file: string): AsyncGenerator<Uint8Array> {
  const piece = pieceIn(file);
  const handle = await open(piece?.file ?? file, 'r');
  try {
    const { size } = piece === null ? await handle.stat() : { size: piece.sizeBytes };
    const source = piece === null ? fileSource(handle, size) : pieceSource(handle, piece);
    if (size <= heldBytesMax) yield await source.read(0, size);
    else yield* readChunks(source, 0, size);
  } finally {
    await handle.close();
  }
}

export interface WrittenFile {
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
}

/** Writes a new file; fails where one of that name exists. What `content` gives may be lent: it is used before the next is asked for. */
export async function writeFile(
  file: string,
  content: AsyncIterable<Uint8Array>,
  room: Uint8Array = takeRoom(),
): Promise<WrittenFile> {
  const handle = await open(file, 'wx', 0o600);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    for await (const chunk of content) {
      // Hashed while another thread writes.
      const writing = writeAll(handle, chunk);
      hash.update(chunk);
      if (sizeBytes + chunk.length <= room.length) room.set(chunk, sizeBytes);
      sizeBytes += chunk.length;
      await writing;
    }
    const digest = { sha256: hexDigest(hash.digest()), sizeBytes };
    const as = versionIn(await handle.stat({ bigint: true }));
    hashed.set(file, { ...digest, as });
    if (sizeBytes <= room.length) held = { file, bytes: room.subarray(0, sizeBytes), as, room, readers: 0 };
    return digest;
  } finally {
    await handle.close();
  }
}

/** The file of pieces in each folder, by its path, and where the next one goes. */
const ofPieces = new Map<string, { readonly handle: FileHandle; end: number }>();

/** null: it is a file of its own. Somebody's file may be named as a piece is: those here are in folders where this process wrote some. */
function pieceIn(file: string): Piece | null {
  const piece = pieceAt(file);
  return piece !== null && ofPieces.has(dirname(piece.file)) ? piece : null;
}

/** Written once and never again. */
const pieceVersion = 'piece';

/**
 * The same for a file that is only read from now on → its name in the folder: a small one becomes a piece, a larger one a file of
 * the name given.
 */
export async function writeLeaf(
  folder: string,
  name: string,
  content: AsyncIterable<Uint8Array>,
): Promise<WrittenFile & { readonly file: string }> {
  const room = takeRoom();
  const chunks = content[Symbol.asyncIterator]();
  let sizeBytes = 0;
  for (;;) {
    const next = await chunks.next();
    if (next.done === true) break;
    const { value } = next;
    if (sizeBytes + value.length > pieceBytesMax) {
      const whole = resumed(room.subarray(0, sizeBytes), value, chunks);
      return { file: name, ...(await writeFile(join(folder, name), whole, room)) };
    }
    room.set(value, sizeBytes);
    sizeBytes += value.length;
  }
  const bytes = room.subarray(0, sizeBytes);
  const place = dirname(join(folder, piecesName));
  const pieces = ofPieces.get(place) ?? {
    handle: await open(join(folder, piecesName), 'wx', 0o600),
    end: 0,
  };
  ofPieces.set(place, pieces);
  // Hashed while another thread writes.
  const writing = writeAll(pieces.handle, bytes);
  const file = nameOfPiece(pieces.end, sizeBytes);
  pieces.end += sizeBytes;
  const digest = { sha256: hexDigest(createHash('sha256').update(bytes).digest()), sizeBytes };
  await writing;
  const path = join(folder, file);
  hashed.set(path, { ...digest, as: pieceVersion });
  held = { file: path, bytes, as: pieceVersion, room, readers: 0 };
  return { file, ...digest };
}

async function* resumed(
  begun: Uint8Array,
  next: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield begun;
    yield next;
    for (let chunk = await rest.next(); chunk.done !== true; chunk = await rest.next()) yield chunk.value;
  } finally {
    await rest.return?.();
  }
}

/** Removes what `writeLeaf` wrote; what holds pieces goes with the folder. */
export async function removeLeaf(file: string): Promise<void> {
  if (pieceIn(file) === null) await unlink(file);
}

function pieceSource(handle: FileHandle, { start, sizeBytes }: Piece): RandomAccessSource {
  const whole = fileSource(handle, start + sizeBytes);
  return {
    size: sizeBytes,
    read: (offset, length) => whole.read(start + offset, length),
    ...(whole.readInto === undefined
      ? {}
      : {
          readInto: (target: Uint8Array, offset: number) =>
            whole.readInto?.(target, start + offset) ?? Promise.resolve(),
        }),
  };
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
const versionIn = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join(' ');

const versionOf = async (file: string): Promise<string> => versionIn(await stat(file, { bigint: true }));

/** The same object for as long as the file is the version that was written or hashed. */
function contentOf(file: string, as: string): Pick<RandomAccessSource, 'content'> {
  const known = hashed.get(file);
  return known?.as === as ? { content: known } : {};
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
  const digest = await withFile(file, (source) => digestOf(lentChunks(source, 0, source.size)));
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
