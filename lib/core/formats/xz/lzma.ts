/** LZMA in the chunks of LZMA2: the state that is kept from chunk to chunk, decoded one chunk at a time. */
import { evenOdds, RangeDecoder } from './range-decoder.ts';
import type { Window } from './window.ts';

/** Indexes in the table of probabilities: the arrays that the format's own description calls IsMatch, IsRep, and so on. */
const isMatch = 0;
const isRep = isMatch + 12 * 16;
const isRepG0 = isRep + 12;
const isRepG1 = isRepG0 + 12;
const isRepG2 = isRepG1 + 12;
const isRep0Long = isRepG2 + 12;
const slots = isRep0Long + 12 * 16;
const special = slots + 4 * 64;
const align = special + 115;
const matchLength = align + 16;
const lengthSize = 2 + 16 * 8 + 16 * 8 + 256;
const repLength = matchLength + lengthSize;
const literals = repLength + lengthSize;
const literalSize = 0x300;
/** Of lc + lp, in LZMA2. */
const literalBitsMax = 4;

export class LzmaState {
  readonly #odds = new Uint16Array(literals + (literalSize << literalBitsMax));
  readonly #range = new RangeDecoder();
  readonly #window: Window;
  #state = 0;
  readonly #distances = new Uint32Array(4);
  #literalContextBits = 0;
  #literalPlaceMask = 0;
  #placeMask = 0;
  /** Bytes since the dictionary was reset: positions count from there. */
  #place = 0;

  constructor(window: Window) {
    this.#window = window;
  }

  resetDictionary(): void {
    this.#window.reset();
    this.#place = 0;
  }

  reset(): void {
    this.#odds.fill(evenOdds);
    this.#state = 0;
    this.#distances.fill(0);
  }

  /** (pb × 5 + lp) × 9 + lc → false: not valid. */
  setProperties(byte: number): boolean {
    const [lc, rest] = [byte % 9, Math.floor(byte / 9)];
    const [lp, pb] = [rest % 5, Math.floor(rest / 5)];
    if (pb > 4 || lc + lp > literalBitsMax) return false;
    this.#literalContextBits = lc;
    this.#literalPlaceMask = (1 << lp) - 1;
    this.#placeMask = (1 << pb) - 1;
    this.reset();
    return true;
  }

  /** Bytes that aren't compressed. */
  append(bytes: Uint8Array): void {
    this.#window.append(bytes);
    this.#place += bytes.length;
  }

  /** Unpacks exactly `count` bytes from exactly these → false: damaged. */
  unpack(packed: Uint8Array, count: number): boolean {
    const range = this.#range;
    const window = this.#window;
    const odds = this.#odds;
    if (!range.start(packed)) return false;
    const end = window.at + count;
    while (window.at < end) {
      // Beyond its end a chunk reads as zeros, which may decode to anything.
      if (!range.isInside) return false;
      const place = this.#place & this.#placeMask;
      if (range.bit(odds, isMatch + this.#state * 16 + place) === 0) {
        this.#literal();
        this.#place += 1;
        continue;
      }
      const length = this.#match(place);
      if (window.at + length > end || !window.copy(this.#distances[0] ?? 0, length)) return false;
      this.#place += length;
    }
    return range.finish();
  }

  #literal(): void {
    const range = this.#range;
    const window = this.#window;
    const odds = this.#odds;
    const bits = this.#literalContextBits;
    const before = window.isEmpty ? 0 : window.back(0);
    const context = ((this.#place & this.#literalPlaceMask) << bits) + (before >>> (8 - bits));
    const start = literals + literalSize * context;
    let symbol = 1;
    if (this.#state >= 7) {
      let matched = window.back(this.#distances[0] ?? 0);
      do {
        const expected = (matched >>> 7) & 1;
        matched <<= 1;
        const bit = range.bit(odds, start + ((1 + expected) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (bit !== expected) break;
      } while (symbol < 0x100);
    }
    while (symbol < 0x100) symbol = (symbol << 1) | range.bit(odds, start + symbol);
    window.put(symbol & 0xff);
    this.#state = this.#state < 4 ? 0 : this.#state < 10 ? this.#state - 3 : this.#state - 6;
  }

  /** → length; the distance is the first of the four that are kept. */
  #match(place: number): number {
    const range = this.#range;
    const odds = this.#odds;
    const state = this.#state;
    const distances = this.#distances;
    if (range.bit(odds, isRep + state) === 0) {
      distances[3] = distances[2] ?? 0;
      distances[2] = distances[1] ?? 0;
      distances[1] = distances[0] ?? 0;
      const length = this.#length(matchLength, place);
      this.#state = state < 7 ? 7 : 10;
      distances[0] = this.#distance(length);
      return length;
    }
    if (range.bit(odds, isRepG0 + state) === 0) {
      if (range.bit(odds, isRep0Long + state * 16 + place) === 0) {
        this.#state = state < 7 ? 9 : 11;
        return 1;
      }
    } else {
      const which =
        range.bit(odds, isRepG1 + state) === 0 ? 1 : range.bit(odds, isRepG2 + state) === 0 ? 2 : 3;
      const found = distances[which] ?? 0;
      if (which === 3) distances[3] = distances[2] ?? 0;
      if (which >= 2) distances[2] = distances[1] ?? 0;
      distances[1] = distances[0] ?? 0;
      distances[0] = found;
    }
    this.#state = state < 7 ? 8 : 11;
    return this.#length(repLength, place);
  }

  #length(start: number, place: number): number {
    const range = this.#range;
    const odds = this.#odds;
    if (range.bit(odds, start) === 0) return 2 + range.tree(odds, start + 2 + place * 8, 3);
    if (range.bit(odds, start + 1) === 0) return 10 + range.tree(odds, start + 2 + 128 + place * 8, 3);
    return 18 + range.tree(odds, start + 2 + 256, 8);
  }

  #distance(length: number): number {
    const range = this.#range;
    const odds = this.#odds;
    const slot = range.tree(odds, slots + Math.min(length - 2, 3) * 64, 6);
    if (slot < 4) return slot;
    const bits = (slot >>> 1) - 1;
    const high = (2 | (slot & 1)) * 2 ** bits;
    if (slot < 14) return high + range.reverseTree(odds, special + high - slot - 1, bits);
    return high + range.direct(bits - 4) * 16 + range.reverseTree(odds, align, 4);
  }
}
