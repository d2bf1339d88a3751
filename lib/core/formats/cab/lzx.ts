/**
 * LZX as cabinets hold it ([MS-PATCH] section 2, without its deltas; [MS-CAB] section 2.4): one stream for each folder, and in each
 * CFDATA a chunk of it, which gives 32 KiB and ends with a whole word.
 *
 * The stream begins with a bit that tells whether addresses of x86 calls were translated, and then with a size in 32 bits. Blocks follow:
 * 3 bits kind, 24 bits size; verbatim (1): lengths of the codes; aligned (2): before them, eight times 3 bits; uncompressed (3): up to
 * a whole word, the last three distances in 32 bits each, and bytes, to an even number.
 */
import { CodedError } from '#core/error/index.ts';
import type { Block } from './blocks.ts';
import { cabError } from './cab-error.ts';
import { LzxBits } from './lzx-bits.ts';
import { LzxCode } from './lzx-code.ts';
import { restoreCalls } from './lzx-calls.ts';

const [verbatim, aligned, uncompressed] = [1, 2, 3];
const literals = 256;
const lengthSymbols = 249;
/** Slots of distances by the bits of the window, from 15 on. */
const slotsByWindow = [30, 32, 34, 36, 38, 42, 50];
const extraBits = Array.from({ length: 50 }, (_, slot) => (slot < 4 ? 0 : Math.min(17, (slot >> 1) - 1)));
/** What a slot's first distance is, plus 2. */
const slotBase = extraBits.map((_, slot) =>
  extraBits.slice(0, slot).reduce((sum, bits) => sum + 2 ** bits, 0),
);

/** `message` stands in brackets after what is damaged. */
class LzxError extends CodedError<'DAMAGED'> {
  static override readonly errorName = 'LzxError';
  constructor(message: string) {
    super('DAMAGED', message);
  }
}

export class LzxDecoder {
  readonly #window: Uint8Array;
  readonly #slots: number;
  readonly #bits = new LzxBits();
  readonly #main: LzxCode;
  readonly #lengths = new LzxCode(lengthSymbols);
  readonly #aligned = new LzxCode(8);
  readonly #pre = new LzxCode(20);
  /** Bytes of the stream so far. */
  #position = 0;
  readonly #distances = new Uint32Array([1, 1, 1]);
  #kind = 0;
  #blockLeft = 0;
  /** An uncompressed block of odd size is followed by a byte. */
  #padded = false;
  #translated = 0;

  constructor(windowBits: number) {
    this.#window = new Uint8Array(2 ** windowBits);
    this.#slots = slotsByWindow[windowBits - 15] ?? 0;
    this.#main = new LzxCode(literals + 8 * this.#slots);
  }

  unpack({ packed, unpackedBytes, offset }: Block): Uint8Array {
    try {
      return this.#unpack(packed, unpackedBytes);
    } catch (cause) {
      if (!(cause instanceof LzxError)) throw cause;
      throw cabError('BAD_CHECKSUM', `is damaged: a block can’t be unpacked (${cause.message})`, offset);
    }
  }

  #unpack(packed: Uint8Array, count: number): Uint8Array {
    const bits = this.#bits;
    bits.start(packed);
    const start = this.#position;
    if (start === 0 && bits.take(1) === 1) this.#translated = bits.take(16) * 0x10000 + bits.take(16);
    const end = start + count;
    while (this.#position < end) {
      if (this.#blockLeft === 0) this.#readBlockHeader();
      const run = Math.min(this.#blockLeft, end - this.#position);
      const before = this.#position;
      if (this.#kind === uncompressed) this.#copyBytes(run);
      else this.#decode(this.#position + run);
      this.#blockLeft -= this.#position - before;
      if (!bits.isInside) throw new LzxError('it ends too early');
    }
    if (this.#blockLeft === 0) this.#skipPadding();
    if (bits.bytesLeft() > 0) throw new LzxError('bytes are left over');
    // 32 KiB divide every window, so what a chunk gave never wraps around.
    const at = start % this.#window.length;
    const unpacked = this.#window.slice(at, at + count);
    restoreCalls(unpacked, start, this.#translated);
    return unpacked;
  }

  #skipPadding(): void {
    if (!this.#padded) return;
    this.#padded = this.#bits.bytes(1) === null;
  }

  #readBlockHeader(): void {
    const bits = this.#bits;
    this.#skipPadding();
    if (this.#padded) throw new LzxError('a byte is missing');
    this.#kind = bits.take(3);
    this.#blockLeft = bits.take(16) * 256 + bits.take(8);
    if (this.#blockLeft === 0) throw new LzxError('an empty block');
    if (this.#kind === uncompressed) {
      bits.alignForBytes();
      const bytes = bits.bytes(12);
      if (bytes === null) throw new LzxError('it ends too early');
      const view = new DataView(bytes.buffer, bytes.byteOffset, 12);
      for (let at = 0; at < 3; at += 1) this.#distances[at] = view.getUint32(at * 4, true);
      this.#padded = this.#blockLeft % 2 === 1;
      return;
    }
    if (this.#kind === aligned) {
      for (let at = 0; at < 8; at += 1) this.#aligned.lengths[at] = bits.take(3);
      if (!this.#aligned.build() || this.#aligned.isEmpty) throw new LzxError('an incomplete Huffman code');
    } else if (this.#kind !== verbatim) throw new LzxError('a block of an unknown kind');
    this.#readLengths(this.#main, 0, literals);
    this.#readLengths(this.#main, literals, this.#main.lengths.length);
    if (!this.#main.build() || this.#main.isEmpty) throw new LzxError('an incomplete Huffman code');
    this.#readLengths(this.#lengths, 0, lengthSymbols);
    if (!this.#lengths.build()) throw new LzxError('an incomplete Huffman code');
  }

  /** Lengths are stored as differences from those of the block before, in a code of their own. */
  #readLengths(code: LzxCode, from: number, to: number): void {
    const bits = this.#bits;
    const pre = this.#pre;
    for (let at = 0; at < 20; at += 1) pre.lengths[at] = bits.take(4);
    if (!pre.build() || pre.isEmpty) throw new LzxError('an incomplete Huffman code');
    const { lengths } = code;
    const lessFrom = (at: number, symbol: number): number => ((lengths[at] ?? 0) + 17 - symbol) % 17;
    for (let at = from; at < to;) {
      const symbol = pre.read(bits);
      if (symbol <= 16) {
        lengths[at] = lessFrom(at, symbol);
        at += 1;
        continue;
      }
      const run = symbol === 17 ? 4 + bits.take(4) : symbol === 18 ? 20 + bits.take(5) : 4 + bits.take(1);
      if (at + run > to) throw new LzxError('an incomplete Huffman code');
      let length = 0;
      if (symbol === 19) {
        const repeated = pre.read(bits);
        if (repeated > 16) throw new LzxError('an incomplete Huffman code');
        length = lessFrom(at, repeated);
      }
      lengths.fill(length, at, at + run);
      at += run;
    }
  }

  #copyBytes(count: number): void {
    const bytes = this.#bits.bytes(count);
    if (bytes === null) throw new LzxError('it ends too early');
    this.#window.set(bytes, this.#position % this.#window.length);
    this.#position += count;
  }

  /** Symbols of a verbatim or aligned block up to this position; a match ends there at the latest. */
  #decode(end: number): void {
    const bits = this.#bits;
    const window = this.#window;
    const mask = window.length - 1;
    while (this.#position < end) {
      const symbol = this.#main.read(bits);
      if (symbol < literals) {
        window[this.#position & mask] = symbol;
        this.#position += 1;
        continue;
      }
      let length = (symbol & 7) + 2;
      if (length === 9) {
        if (this.#lengths.isEmpty) throw new LzxError('a length without a code');
        length += this.#lengths.read(bits);
      }
      const distance = this.#readDistance((symbol - literals) >> 3);
      if (distance === 0 || distance > this.#position || distance > window.length)
        throw new LzxError('it points before its beginning');
      if (this.#position + length > end) throw new LzxError('a match is longer than its block');
      let to = this.#position;
      for (const last = to + length; to < last; to += 1)
        window[to & mask] = window[(to - distance) & mask] ?? 0;
      this.#position = to;
    }
  }

  #readDistance(slot: number): number {
    const recent = this.#distances;
    const [first = 0, second = 0, third = 0] = recent;
    if (slot === 0) return first;
    if (slot === 1) {
      recent[0] = second;
      recent[1] = first;
      return second;
    }
    if (slot === 2) {
      recent[0] = third;
      recent[2] = first;
      return third;
    }
    const extra = extraBits[slot] ?? 0;
    let distance = (slotBase[slot] ?? 0) - 2;
    if (this.#kind === aligned && extra >= 3)
      distance += this.#bits.take(extra - 3) * 8 + this.#aligned.read(this.#bits);
    else distance += this.#bits.take(extra);
    recent[2] = second;
    recent[1] = first;
    recent[0] = distance;
    return distance;
  }
}
