/** The range coder of LZMA: bits by their probabilities, for one chunk in memory. */

/** 11 bits: half of 2048. */
export const evenOdds = 1024;

export class RangeDecoder {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  /** Range and code. As fields they would be boxed numbers: an array makes the whole reader three times as fast. */
  readonly #held = new Uint32Array(2);

  /** → whether the chunk begins correctly: the first byte is always 0, and four bytes of code follow. */
  start(bytes: Uint8Array): boolean {
    this.#bytes = bytes;
    this.#held[0] = 0xffffffff;
    this.#held[1] =
      ((bytes[1] ?? 0) << 24) | ((bytes[2] ?? 0) << 16) | ((bytes[3] ?? 0) << 8) | (bytes[4] ?? 0);
    this.#at = 5;
    return bytes.length >= 5 && bytes[0] === 0;
  }

  /** Whether reading stayed within the chunk: beyond the end it reads zeros. */
  get isInside(): boolean {
    return this.#at <= this.#bytes.length;
  }

  /** After the last bit: whether all bytes were read and the code ended at zero, as the encoder leaves it. */
  finish(): boolean {
    this.#normalise();
    return this.#at === this.#bytes.length && this.#held[1] === 0;
  }

  #normalise(): void {
    const held = this.#held;
    const range = held[0] ?? 0;
    if (range >= 0x1000000) return;
    held[0] = range << 8;
    held[1] = ((held[1] ?? 0) << 8) | (this.#bytes[this.#at] ?? 0);
    this.#at += 1;
  }

  bit(odds: Uint16Array, index: number): number {
    const held = this.#held;
    let range = held[0] ?? 0;
    let code = held[1] ?? 0;
    if (range < 0x1000000) {
      range = (range << 8) >>> 0;
      code = ((code << 8) | (this.#bytes[this.#at] ?? 0)) >>> 0;
      this.#at += 1;
    }
    const chance = odds[index] ?? 0;
    const bound = (range >>> 11) * chance;
    if (code < bound) {
      held[0] = bound;
      held[1] = code;
      odds[index] = chance + ((2048 - chance) >>> 5);
      return 0;
    }
    held[0] = range - bound;
    held[1] = code - bound;
    odds[index] = chance - (chance >>> 5);
    return 1;
  }

  /** `count` bits, the highest first; the tree's root is at `start + 1`. */
  tree(odds: Uint16Array, start: number, count: number): number {
    let node = 1;
    for (let left = count; left > 0; left -= 1) node = (node << 1) | this.bit(odds, start + node);
    return node - (1 << count);
  }

  /** `count` bits, the lowest first. */
  reverseTree(odds: Uint16Array, start: number, count: number): number {
    let [node, value] = [1, 0];
    for (let at = 0; at < count; at += 1) {
      const bit = this.bit(odds, start + node);
      node = (node << 1) | bit;
      value |= bit << at;
    }
    return value;
  }

  /** `count` bits, each as likely 0 as 1. */
  direct(count: number): number {
    let value = 0;
    for (let left = count; left > 0; left -= 1) {
      this.#normalise();
      const range = (this.#held[0] ?? 0) >>> 1;
      const code = this.#held[1] ?? 0;
      const bit = code >= range ? 1 : 0;
      this.#held[0] = range;
      if (bit === 1) this.#held[1] = code - range;
      value = (value << 1) | bit;
    }
    return value >>> 0;
  }
}
