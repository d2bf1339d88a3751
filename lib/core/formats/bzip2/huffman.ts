/** Prefix codes of 1 to 20 bits, as the lengths of their codes give them. */
import type { BitReader } from './bits.ts';

export const codeBitsMax = 20;

export class HuffmanCode {
  /** By length: the first code that is longer, from the left of 20 bits. */
  readonly #limits = new Int32Array(codeBitsMax + 1);
  /** By length: the offset from a code to the index of its symbol. */
  readonly #bases = new Int32Array(codeBitsMax + 1);
  readonly #symbols: Uint16Array;
  readonly #shortest: number;

  constructor(lengths: Uint8Array) {
    const counts = new Uint16Array(codeBitsMax + 2);
    for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
    this.#symbols = new Uint16Array(lengths.length);
    let [code, place] = [0, 0];
    for (let length = 1; length <= codeBitsMax; length += 1) {
      for (const [symbol, codeLength] of lengths.entries()) {
        if (codeLength !== length) continue;
        this.#symbols[place] = symbol;
        place += 1;
      }
      this.#bases[length] = place - (counts[length] ?? 0) - code;
      code += counts[length] ?? 0;
      this.#limits[length] = code * 2 ** (codeBitsMax - length);
      code *= 2;
    }
    this.#shortest = counts.findIndex((count, length) => length > 0 && count > 0);
  }

  /** → symbol; −1: no code begins like this. */
  read(bits: BitReader): number {
    const next = bits.look(codeBitsMax);
    for (let length = this.#shortest; length <= codeBitsMax; length += 1) {
      if (next >= (this.#limits[length] ?? 0)) continue;
      bits.pass(length);
      return this.#symbols[(next >>> (codeBitsMax - length)) + (this.#bases[length] ?? 0)] ?? -1;
    }
    return -1;
  }
}
