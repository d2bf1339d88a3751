/** CRC-64 of ECMA-182, reflected, as xz uses it: 64 bits in two halves, four bytes at a time. */

const polynomial = { high: 0xc96c5795, low: 0xd7870f42 };

interface Tables {
  /** Entry `256 * n + byte`: the contribution of a byte to the sum when n more bytes follow. */
  readonly lows: Uint32Array;
  readonly highs: Uint32Array;
}

let tables: Tables | null = null;

/** Computed for the first sum: hardly any inspector meets an xz file, and all load this. */
function tablesOf(): Tables {
  tables ??= makeTables();
  return tables;
}

function makeTables(): Tables {
  const lows = new Uint32Array(4 * 256);
  const highs = new Uint32Array(4 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let [high, low] = [0, byte];
    for (let bit = 0; bit < 8; bit += 1) {
      const carry = low & 1;
      low = ((low >>> 1) | (high << 31)) >>> 0;
      high >>>= 1;
      if (carry === 1) {
        low = (low ^ polynomial.low) >>> 0;
        high = (high ^ polynomial.high) >>> 0;
      }
    }
    lows[byte] = low;
    highs[byte] = high;
  }
  for (let at = 256; at < 4 * 256; at += 1) {
    const [low, high] = [lows[at - 256] ?? 0, highs[at - 256] ?? 0];
    const byte = low & 0xff;
    lows[at] = ((low >>> 8) | (high << 24)) ^ (lows[byte] ?? 0);
    highs[at] = (high >>> 8) ^ (highs[byte] ?? 0);
  }
  return { lows, highs };
}

export class Crc64 {
  #low = 0xffffffff;
  #high = 0xffffffff;

  update(bytes: Uint8Array): void {
    const { lows, highs } = tablesOf();
    let [low, high] = [this.#low, this.#high];
    let at = 0;
    for (const end = bytes.length - 3; at < end; at += 4) {
      const word =
        low ^
        ((bytes[at] ?? 0) |
          ((bytes[at + 1] ?? 0) << 8) |
          ((bytes[at + 2] ?? 0) << 16) |
          ((bytes[at + 3] ?? 0) << 24));
      const [first, second] = [768 + (word & 0xff), 512 + ((word >>> 8) & 0xff)];
      const [third, fourth] = [256 + ((word >>> 16) & 0xff), word >>> 24];
      low = high ^ (lows[first] ?? 0) ^ (lows[second] ?? 0) ^ (lows[third] ?? 0) ^ (lows[fourth] ?? 0);
      high = (highs[first] ?? 0) ^ (highs[second] ?? 0) ^ (highs[third] ?? 0) ^ (highs[fourth] ?? 0);
    }
    for (; at < bytes.length; at += 1) {
      const byte = (low ^ (bytes[at] ?? 0)) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (lows[byte] ?? 0);
      high = (high >>> 8) ^ (highs[byte] ?? 0);
    }
    [this.#low, this.#high] = [low, high];
  }

  /** Eight bytes, the lowest first. */
  digest(): Uint8Array {
    const bytes = new Uint8Array(8);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, ~this.#low >>> 0, true);
    view.setUint32(4, ~this.#high >>> 0, true);
    return bytes;
  }
}
