/** One block: Huffman codes, move to front, and the inverse Burrows-Wheeler transform. */
import { ArchiveError } from '../archive/index.ts';
import type { BitReader } from './bits.ts';
import { codeBitsMax, HuffmanCode } from './huffman.ts';

/** Symbols that are read with one code. */
const groupSize = 50;
/** Of a block of 900,000 bytes: one selector for 50 symbols; bzip2 skips any beyond. */
const selectorsMax = 18_002;

export interface Block {
  /** The text sorted by what follows: the byte in the lowest 8 bits, above it the index of the next. */
  readonly links: Uint32Array;
  readonly length: number;
  /** Index of the last byte. */
  readonly last: number;
}

/** Starts after its marker and checksum. `room` gives what has room for the level's size; it is asked once the codes were read, and may be reused. */
export function readBlock(bits: BitReader, room: () => Uint32Array): Block {
  const { offset } = bits;
  if (bits.read(1) === 1)
    throw new ArchiveError(
      {
        code: 'UNSUPPORTED',
        message: 'A block of the bzip2 file is randomised, as versions before 0.9.5 did.',
        fix: 'Compress the file again with a current bzip2.',
      },
      offset,
    );
  const origin = bits.read(24);
  const symbols = readSymbols(bits);
  if (symbols.length === 0) throw damagedBzip2('a block without any bytes', offset);
  const selectors = readSelectors(bits);
  const codes = readCodes(bits, selectors.codes, symbols.length + 2);
  const links = room();
  const length = readBytes(bits, { symbols, selectors: selectors.order, codes, links });
  if (origin >= length) throw damagedBzip2('a block that begins beyond its end', offset);
  return linkUp(links, length, origin);
}

export function damagedBzip2(what: string, offset: number): ArchiveError {
  const fix = 'Build and upload the file again.';
  const message = `The bzip2 file is damaged: ${what}.`;
  return new ArchiveError({ code: 'BAD_HEADER', message, fix }, offset);
}

/** The bytes that occur: 16 bits say which ranges of 16 have any, then 16 bits for each of those. */
function readSymbols(bits: BitReader): Uint8Array {
  const ranges = bits.read(16);
  const found: number[] = [];
  for (let range = 0; range < 16; range += 1) {
    if (((ranges >>> (15 - range)) & 1) === 0) continue;
    const some = bits.read(16);
    for (let at = 0; at < 16; at += 1) if (((some >>> (15 - at)) & 1) === 1) found.push(range * 16 + at);
  }
  return Uint8Array.from(found);
}

function readSelectors(bits: BitReader): { readonly codes: number; readonly order: Uint8Array } {
  const { offset } = bits;
  const codes = bits.read(3);
  const count = bits.read(15);
  if (codes < 2 || codes > 6 || count < 1) throw damagedBzip2('a block without codes', offset);
  const front = [0, 1, 2, 3, 4, 5];
  const order = new Uint8Array(Math.min(count, selectorsMax));
  for (let at = 0; at < count; at += 1) {
    let place = 0;
    while (bits.read(1) === 1) {
      place += 1;
      if (place >= codes) throw damagedBzip2('an invalid code', bits.offset);
    }
    const [code = 0] = front.splice(place, 1);
    front.unshift(code);
    if (at < selectorsMax) order[at] = code;
  }
  return { codes, order };
}

/** Each length as the difference from the one before. */
function readCodes(bits: BitReader, count: number, symbols: number): readonly HuffmanCode[] {
  return Array.from({ length: count }, () => {
    let length = bits.read(5);
    const lengths = new Uint8Array(symbols);
    for (let symbol = 0; symbol < symbols; symbol += 1) {
      for (;;) {
        if (length < 1 || length > codeBitsMax)
          throw damagedBzip2('a code of an invalid length', bits.offset);
        if (bits.read(1) === 0) break;
        length += bits.read(1) === 0 ? 1 : -1;
      }
      lengths[symbol] = length;
    }
    return new HuffmanCode(lengths);
  });
}

interface Coded {
  readonly symbols: Uint8Array;
  readonly selectors: Uint8Array;
  readonly codes: readonly HuffmanCode[];
  readonly links: Uint32Array;
}

/** Fills the lowest bits of `links` → how many bytes there are. */
function readBytes(bits: BitReader, { symbols, selectors, codes, links }: Coded): number {
  const front = Uint8Array.from(symbols);
  const end = symbols.length + 1;
  let length = 0;
  let run = 0;
  let runUnit = 1;
  let [group, left] = [-1, 0];
  let code: HuffmanCode | undefined;
  for (;;) {
    if (left === 0) {
      group += 1;
      code = group < selectors.length ? codes[selectors[group] ?? 0] : undefined;
      left = groupSize;
    }
    left -= 1;
    const symbol = code?.read(bits) ?? -1;
    if (symbol === -1) throw damagedBzip2('an invalid code', bits.offset);
    // 0 and 1 are digits of how often the front byte repeats: 1 or 2, times 1, 2, 4 …
    if (symbol <= 1) {
      run += runUnit << symbol;
      runUnit *= 2;
      if (run > links.length - length) throw damagedBzip2('a block that is too long', bits.offset);
      continue;
    }
    if (run > 0) {
      links.fill(front[0] ?? 0, length, length + run);
      length += run;
      run = 0;
      runUnit = 1;
    }
    if (symbol === end) return length;
    if (length >= links.length) throw damagedBzip2('a block that is too long', bits.offset);
    const place = symbol - 1;
    const byte = front[place] ?? 0;
    for (let at = place; at > 0; at -= 1) front[at] = front[at - 1] ?? 0;
    front[0] = byte;
    links[length] = byte;
    length += 1;
  }
}

/** Each byte's index in sorted order → that of the byte after it. */
function linkUp(links: Uint32Array, length: number, origin: number): Block {
  const starts = new Uint32Array(256);
  for (let at = 0; at < length; at += 1) {
    const byte = (links[at] ?? 0) & 0xff;
    starts[byte] = (starts[byte] ?? 0) + 1;
  }
  let sum = 0;
  for (let byte = 0; byte < 256; byte += 1) {
    const count = starts[byte] ?? 0;
    starts[byte] = sum;
    sum += count;
  }
  for (let at = 0; at < length; at += 1) {
    const byte = (links[at] ?? 0) & 0xff;
    const place = starts[byte] ?? 0;
    starts[byte] = place + 1;
    links[place] = (links[place] ?? 0) | (at << 8);
  }
  return { links, length, last: (links[origin] ?? 0) >>> 8 };
}
