/** bzip2 file → unpacked bytes: all streams, to the last byte. The format has no text of its own; bzip2 1.0.8 is followed. */
import { ArchiveError } from '../archive/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { BitReader } from './bits.ts';
import { damagedBzip2, readBlock, type Block } from './read-block.ts';
import { Runs } from './runs.ts';

/** More than a block needs: 900,000 symbols of 20 bits, and its tables. */
const blockBytesMax = 3 * 1024 * 1024;
/** What the first block of a stream is tried with: what only looks like one is told by it. */
const firstBytes = 64 * 1024;
/** A mark and a checksum. */
const markBytes = 10;
/** Digits of pi, and of its square root, in two halves. */
const blockMark = [0x314159, 0x265359] as const;
const endMark = [0x177245, 0x385090] as const;

/**
 * The content of all streams, one after the other, as bzip2 gives it. Each block and each stream has a checksum, so a fault
 * in this reader refuses a file and never yields other content; read to the end before relying on any of it. `onStream` is called
 * before each stream, and may throw.
 */
export async function* readBzip2(
  source: RandomAccessSource,
  { isPart = false, onStream }: { readonly isPart?: boolean; readonly onStream?: () => void } = {},
): AsyncGenerator<Uint8Array> {
  const bits = new BitReader(source);
  const room = new Room();
  do {
    onStream?.();
    yield* readStream(bits, room);
  } while (!isPart && !bits.atEnd);
}

/** For one block after the other, of all streams: a file may have many small ones. */
class Room {
  #links = new Uint32Array(0);

  of(level: number): Uint32Array {
    const size = level * 100_000;
    if (this.#links.length < size) this.#links = new Uint32Array(size);
    return this.#links.subarray(0, size);
  }
}

async function* readStream(bits: BitReader, room: Room): AsyncGenerator<Uint8Array> {
  const start = bits.offset;
  await bits.ensure(firstBytes);
  const level = [bits.read(24), bits.read(8) - 0x30] as const;
  if (level[0] !== 0x425a68 || level[1] < 1 || level[1] > 9)
    throw damagedBzip2('bytes follow that are not a bzip2 stream', start);
  const links = (): Uint32Array => room.of(level[1]);
  let combined = 0;
  for (let isFirst = true; ; isFirst = false) {
    await bits.ensure(isFirst ? markBytes : blockBytesMax);
    const { offset } = bits;
    const mark = [bits.read(24), bits.read(24)] as const;
    const stated = readSum(bits);
    if (mark[0] === endMark[0] && mark[1] === endMark[1]) {
      if (stated !== combined) throw wrongSum(offset);
      if (!bits.align()) throw damagedBzip2('surplus bits', offset);
      return;
    }
    if (mark[0] !== blockMark[0] || mark[1] !== blockMark[1])
      throw damagedBzip2('neither a block nor the end', offset);
    const runs = new Runs(await readWholeBlock(bits, links));
    for (let piece = runs.next(); piece !== null; piece = runs.next()) yield piece;
    if (!runs.isWhole) throw damagedBzip2('a block that ends before a count', offset);
    if (runs.sum !== stated) throw wrongSum(offset);
    combined = (((combined << 1) | (combined >>> 31)) ^ stated) >>> 0;
  }
}

/** Of what is in memory, and of more and more where the block goes on behind it. */
async function readWholeBlock(bits: BitReader, links: () => Uint32Array): Promise<Block> {
  const start = bits.position;
  for (let window = firstBytes; ;) {
    try {
      return readBlock(bits, links);
    } catch (error) {
      if (window === blockBytesMax || !bits.isShort) throw error;
    }
    window = Math.min(window * 8, blockBytesMax);
    bits.returnTo(start);
    await bits.ensure(window);
  }
}

const readSum = (bits: BitReader): number => bits.read(16) * 0x10000 + bits.read(16);

function wrongSum(offset: number): ArchiveError {
  return new ArchiveError(
    {
      code: 'BAD_CHECKSUM',
      message: 'A checksum of the bzip2 file does not match its content.',
      fix: 'Build and upload the file again.',
    },
    offset,
  );
}
