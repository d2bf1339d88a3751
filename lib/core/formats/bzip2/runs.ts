/** The bytes of a block in their order: four equal ones are followed by the number of further repetitions. */
import type { Block } from './read-block.ts';

const pieceBytes = 1024 * 1024;
/** Of one run. */
const runBytesMax = 255;

/** CRC-32 with the highest bit first, which node:zlib doesn't have. */
const sums = Int32Array.from({ length: 256 }, (_none, byte) => {
  let sum = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) sum = sum < 0 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
  return sum;
});

export class Runs {
  readonly #links: Uint32Array;
  #left: number;
  #place: number;
  #before = -1;
  /** How many equal bytes came last; never more than four. */
  #equal = 0;
  #sum = -1;

  constructor({ links, length, last }: Block) {
    this.#links = links;
    this.#left = length;
    this.#place = last;
  }

  /** Of all bytes so far. */
  get sum(): number {
    return ~this.#sum >>> 0;
  }

  /** At the end: whether no count is missing. */
  get isWhole(): boolean {
    return this.#equal < 4;
  }

  /** 1 MiB at most; null: nothing is left. */
  next(): Uint8Array | null {
    if (this.#left === 0) return null;
    const links = this.#links;
    const piece = new Uint8Array(Math.min(pieceBytes, this.#left * runBytesMax));
    let [left, place, before, equal, sum] = [this.#left, this.#place, this.#before, this.#equal, this.#sum];
    let at = 0;
    for (const end = piece.length - runBytesMax; left > 0 && at <= end; left -= 1) {
      const link = links[place] ?? 0;
      place = link >>> 8;
      const byte = link & 0xff;
      if (equal === 4) {
        for (let again = 0; again < byte; again += 1) {
          piece[at] = before;
          at += 1;
          sum = (sum << 8) ^ (sums[(sum >>> 24) ^ before] ?? 0);
        }
        equal = 0;
        before = -1;
        continue;
      }
      equal = byte === before ? equal + 1 : 1;
      before = byte;
      piece[at] = byte;
      at += 1;
      sum = (sum << 8) ^ (sums[(sum >>> 24) ^ byte] ?? 0);
    }
    [this.#left, this.#place, this.#before, this.#equal, this.#sum] = [left, place, before, equal, sum];
    return piece.subarray(0, at);
  }
}
