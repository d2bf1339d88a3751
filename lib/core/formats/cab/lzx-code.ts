/** A canonical prefix code of LZX, from the lengths of its symbols' codes, 16 bits at most. */
import type { LzxBits } from './lzx-bits.ts';

const quickBits = 10;
const codeBitsMax = 16;

export class LzxCode {
  readonly lengths: Uint8Array;
  /** Of the next bits: symbol × 32 + length; 0: the code is longer. */
  readonly #quick = new Uint16Array(1 << quickBits);
  /** For each length the first code behind its last, in 16 bits, and where its symbols are in `#sorted` less its first code. */
  readonly #limits = new Uint32Array(codeBitsMax + 1);
  readonly #starts = new Int32Array(codeBitsMax + 1);
  readonly #sorted: Uint16Array;
  isEmpty = true;

  constructor(symbols: number) {
    this.lengths = new Uint8Array(symbols);
    this.#sorted = new Uint16Array(symbols);
  }

  /** From `lengths` → false: they are no code that uses all bits. A code without any symbol is one. */
  build(): boolean {
    const counts = new Uint16Array(codeBitsMax + 1);
    for (const length of this.lengths) counts[length] = (counts[length] ?? 0) + 1;
    counts[0] = 0;
    const places = new Uint16Array(codeBitsMax + 2);
    let code = 0;
    let used = 0;
    for (let length = 1; length <= codeBitsMax; length += 1) {
      code *= 2;
      places[length] = used;
      this.#starts[length] = used - code;
      const count = counts[length] ?? 0;
      code += count;
      used += count;
      if (code > 1 << length) return false;
      this.#limits[length] = code << (codeBitsMax - length);
    }
    this.isEmpty = used === 0;
    if (!this.isEmpty && code !== 1 << codeBitsMax) return false;
    for (let symbol = 0; symbol < this.lengths.length; symbol += 1) {
      const length = this.lengths[symbol] ?? 0;
      if (length === 0) continue;
      const place = places[length] ?? 0;
      this.#sorted[place] = symbol;
      places[length] = place + 1;
    }
    this.#quick.fill(0);
    for (let length = 1, at = 0, place = 0; length <= quickBits; length += 1) {
      for (let left = counts[length] ?? 0; left > 0; left -= 1, place += 1) {
        const entry = (this.#sorted[place] ?? 0) * 32 + length;
        this.#quick.fill(entry, at, at + (1 << (quickBits - length)));
        at += 1 << (quickBits - length);
      }
    }
    return true;
  }

  /** The next symbol; a code without symbols has none, which is for the caller to see. */
  read(bits: LzxBits): number {
    const next = bits.peek16();
    const entry = this.#quick[next >>> (codeBitsMax - quickBits)] ?? 0;
    if (entry !== 0) {
      bits.drop(entry & 31);
      return entry >>> 5;
    }
    let length = quickBits + 1;
    while (length < codeBitsMax && next >= (this.#limits[length] ?? 0)) length += 1;
    bits.drop(length);
    return this.#sorted[(next >>> (codeBitsMax - length)) + (this.#starts[length] ?? 0)] ?? 0;
  }
}
