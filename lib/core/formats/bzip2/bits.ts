/** Bits of a file, most significant first, through a window of it in memory. */
import { truncated } from '../archive/index.ts';
import { readExactly, type RandomAccessSource } from '../random-access.ts';

const windowBytes = 8 * 1024 * 1024;
const smallBytesMax = 1024 * 1024;
/** So far from the window's end nothing that was read hangs on the zeros behind it. */
const marginBits = 64;
/** Bytes behind the window, so that peeking may reach past its end. */
const spareBytes = 4;

export class BitReader {
  readonly #source: RandomAccessSource;
  #window: Uint8Array = new Uint8Array(spareBytes);
  /** Of the window's first byte, in the file. */
  #offset = 0;
  #bits = 0;
  #bitsMax = 0;

  constructor(source: RandomAccessSource) {
    this.#source = source;
  }

  /** Of the byte that the next bit is in. */
  get offset(): number {
    return this.#offset + (this.#bits >>> 3);
  }

  get atEnd(): boolean {
    return this.offset >= this.#source.size;
  }

  /** Makes that many bytes readable from here, or all that are left; many more are read only where many are asked for. */
  async ensure(bytes: number): Promise<void> {
    const start = this.#bits >>> 3;
    const held = this.#window.length - spareBytes - start;
    const left = this.#source.size - this.offset;
    if (held >= Math.min(bytes, left)) return;
    const size = Math.min(bytes > smallBytesMax ? windowBytes : bytes, left);
    const next = new Uint8Array(size + spareBytes);
    next.set(await readExactly(this.#source, this.offset, size));
    this.#offset += start;
    this.#window = next;
    this.#bits &= 7;
    this.#bitsMax = size * 8;
  }

  /** Where it is, to return to while the window is the same or reaches further. */
  get position(): number {
    return this.#offset * 8 + this.#bits;
  }

  returnTo(position: number): void {
    this.#bits = position - this.#offset * 8;
  }

  /** Whether what was read last may be wrong because the window, though not the file, ends there. */
  get isShort(): boolean {
    const windowEnd = this.#offset + (this.#bitsMax >>> 3);
    return windowEnd < this.#source.size && this.#bits + marginBits > this.#bitsMax;
  }

  /** The next `count` bits, 24 at most, without consuming them; zeros beyond the end. */
  look(count: number): number {
    const at = this.#bits >>> 3;
    const bytes = this.#window;
    const word =
      ((bytes[at] ?? 0) << 24) |
      ((bytes[at + 1] ?? 0) << 16) |
      ((bytes[at + 2] ?? 0) << 8) |
      (bytes[at + 3] ?? 0);
    return (word << (this.#bits & 7)) >>> (32 - count);
  }

  /** Throws TRUNCATED if the file ends before. */
  pass(count: number): void {
    this.#bits += count;
    if (this.#bits > this.#bitsMax) throw truncated(this.#offset + (this.#bitsMax >>> 3));
  }

  /** 1 to 24 bits. */
  read(count: number): number {
    const value = this.look(count);
    this.pass(count);
    return value;
  }

  /** Skips to the next byte → whether all skipped bits are 0. */
  align(): boolean {
    const count = -this.#bits & 7;
    return count === 0 || this.read(count) === 0;
  }
}
