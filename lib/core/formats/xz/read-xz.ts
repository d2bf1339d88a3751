/** xz file → unpacked bytes: all streams, blocks and padding, to the last byte (The .xz File Format 1.2.1). */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ByteCursor, isZero, streamRange } from '../archive/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { readBlockHeader, readLongNumber } from './block-header.ts';
import { integrityOf } from './integrity.ts';
import { readLzma2 } from './lzma2.ts';
import { WindowRoom } from './window.ts';
import { damagedXz, unsupportedXz, wrongSum } from './xz-error.ts';

/**
 * The content of all streams, one after the other, as xz gives it. Content without a checksum is refused, so a fault in this
 * reader refuses a file and never yields other content. The checks of a block run after its last piece: read to the end
 * before relying on any of it. `onPart` is called before each stream and each further block of one, and may throw.
 */
export async function* readXz(
  source: RandomAccessSource,
  {
    isPart = false,
    onPart = () => undefined,
  }: { readonly isPart?: boolean; readonly onPart?: () => void } = {},
): AsyncGenerator<Uint8Array> {
  const room = new WindowRoom();
  const cursor = new ByteCursor(streamRange(source));
  try {
    for (
      let first: Uint8Array | null = await cursor.read(4);
      first !== null;
      first = isPart ? null : await nextStream(cursor)
    )
      yield* readStream(cursor, first, room, onPart);
  } finally {
    await cursor.close();
  }
}

/** Zeros in groups of four after a stream (section 2.2) → the first four bytes of another stream; null: the file ends. */
async function nextStream(cursor: ByteCursor): Promise<Uint8Array | null> {
  while (!(await cursor.atEnd())) {
    const word = await cursor.read(4);
    if (!isZero(word)) return word;
  }
  return null;
}

const magic = Buffer.from('\xfd7zXZ\0', 'latin1');
const headerBytes = 12;

async function* readStream(
  cursor: ByteCursor,
  first: Uint8Array,
  room: WindowRoom,
  onPart: () => void,
): AsyncGenerator<Uint8Array> {
  onPart();
  const start = cursor.offset - first.length;
  const header = Buffer.concat([first, await cursor.read(headerBytes - first.length)]);
  if (!header.subarray(0, 6).equals(magic)) throw damagedXz('bytes follow that are not an xz stream', start);
  if (crc32(header.subarray(6, 8)) !== header.readUInt32LE(8))
    throw wrongSum('The checksum of a stream’s header is wrong.', start);
  const [reserved = 0, check = 0] = header.subarray(6, 8);
  if (reserved !== 0 || check > 0x0f) throw unsupportedXz('The stream has unknown flags.', start);
  // Sizes of all blocks as they were read, and as the index states them.
  const [read, stated] = [createHash('sha256'), createHash('sha256')];
  let blocks = 0;
  for (;;) {
    const offset = cursor.offset;
    const [size = 0] = await cursor.read(1);
    if (size === 0) break;
    const rest = await cursor.read((size + 1) * 4 - 1);
    const block = readBlockHeader(Buffer.concat([Uint8Array.of(size), rest]), offset);
    const integrity = integrityOf(check);
    if (integrity === null) throw unsupportedXz(`The content has no known checksum (${check}).`, start);
    if (blocks > 0) onPart();
    const packedAt = cursor.offset;
    let unpackedBytes = 0;
    for await (const piece of readLzma2(cursor, room.windowOf(block.dictionaryBytes))) {
      integrity.update(piece);
      unpackedBytes += piece.length;
      yield piece;
    }
    const packedBytes = cursor.offset - packedAt;
    if (
      (block.packedBytes ?? packedBytes) !== packedBytes ||
      (block.unpackedBytes ?? unpackedBytes) !== unpackedBytes
    )
      throw damagedXz('a block is not as long as its header says', offset);
    await readPadding(cursor, packedBytes);
    const digest = integrity.digest();
    if (!Buffer.from(await cursor.read(digest.length)).equals(digest))
      throw wrongSum('The checksum of the content is wrong.', offset);
    read.update(`${cursor.offset - offset - padding(packedBytes)} ${unpackedBytes}\n`);
    blocks += 1;
  }
  const indexBytes = await readIndex(cursor, blocks, (line) => void stated.update(line));
  if (!read.digest().equals(stated.digest())) throw damagedXz('its index states other blocks', start);
  const footer = Buffer.from(await cursor.read(headerBytes));
  const isConsistent =
    crc32(footer.subarray(4, 10)) === footer.readUInt32LE(0) &&
    (footer.readUInt32LE(4) + 1) * 4 === indexBytes &&
    footer.subarray(8, 10).equals(header.subarray(6, 8)) &&
    footer.toString('latin1', 10) === 'YZ';
  if (!isConsistent) throw damagedXz('its footer does not match its header', cursor.offset - headerBytes);
}

/** Reads on after its first byte, which is 0 → its total length (section 4). `onRecord`: lines as for the blocks that were read. */
async function readIndex(
  cursor: ByteCursor,
  blocks: number,
  onRecord: (line: string) => void,
): Promise<number> {
  const start = cursor.offset - 1;
  let sum = crc32(Uint8Array.of(0));
  const byte = async (): Promise<number> => {
    const read = await cursor.read(1);
    sum = crc32(read, sum);
    return read[0] ?? 0;
  };
  if ((await readLongNumber(byte)) !== blocks) throw damagedXz('its index states other blocks', start);
  for (let at = 0; at < blocks; at += 1) {
    const [size, unpackedBytes] = [await readLongNumber(byte), await readLongNumber(byte)];
    onRecord(`${size} ${unpackedBytes}\n`);
  }
  for (let left = padding(cursor.offset - start); left > 0; left -= 1)
    if ((await byte()) !== 0) throw damagedXz('bytes in the padding of its index', start);
  const stated = Buffer.from(await cursor.read(4)).readUInt32LE(0);
  if (stated !== sum) throw wrongSum('The checksum of the index is wrong.', start);
  return cursor.offset - start;
}

const padding = (bytes: number): number => (4 - (bytes % 4)) % 4;

async function readPadding(cursor: ByteCursor, bytes: number): Promise<void> {
  if (!isZero(await cursor.read(padding(bytes))))
    throw damagedXz('bytes in the padding of a block', cursor.offset);
}
