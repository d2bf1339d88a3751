const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/**
 * The checksum of the optional header: the sum of all 16-bit little-endian words with the carries added
 * back, plus the file's length. Bytes may be passed in pieces of any size; the checksum field must be passed as zeros.
 *
 * Sums 32-bit words: 2^16 ≡ 1 modulo 2^16 - 1, so folding at the end gives the same result as 16-bit steps, in a fifth of
 * the time. A double holds 2^21 of them exactly; each piece is folded at 2^18 words.
 */
export class PeChecksum {
  #sum = 0;
  #length = 0;
  #rest = new Uint8Array(0);

  update(bytes: Uint8Array): void {
    this.#length += bytes.length;
    let from = 0;
    if (this.#rest.length > 0) {
      from = Math.min(4 - this.#rest.length, bytes.length);
      const joined = new Uint8Array(this.#rest.length + from);
      joined.set(this.#rest);
      joined.set(bytes.subarray(0, from), this.#rest.length);
      this.#rest = joined;
      if (joined.length < 4) return;
      this.#rest = new Uint8Array(0);
      this.#add(joined);
    }
    const whole = from + Math.floor((bytes.length - from) / 4) * 4;
    this.#add(bytes.subarray(from, whole));
    this.#rest = Uint8Array.from(bytes.subarray(whole));
  }

  /** Bytes that were passed. */
  get length(): number {
    return this.#length;
  }

  /** The same, to be continued on its own. */
  copy(): PeChecksum {
    const copy = new PeChecksum();
    copy.#sum = this.#sum;
    copy.#length = this.#length;
    copy.#rest = this.#rest;
    return copy;
  }

  /** Counts bytes at an offset where zeros were passed. */
  replaceZeros(offset: number, bytes: Uint8Array): void {
    let sum = this.#sum;
    bytes.forEach((byte, index) => {
      const isFirstOfWord = (offset + index) % 2 === 0;
      sum += isFirstOfWord === littleEndian ? byte : byte * 0x100;
    });
    this.#sum = fold(sum);
  }

  /** The value for the header, 32 bits. */
  value(): number {
    let sum = this.#sum;
    if (this.#rest.length > 0) {
      const last = new Uint8Array(4);
      last.set(this.#rest);
      sum = fold(sum + (new Uint32Array(last.buffer)[0] ?? 0));
    }
    const words = littleEndian ? sum : ((sum & 0xff) << 8) | (sum >> 8);
    return (words + this.#length) >>> 0;
  }

  #add(bytes: Uint8Array): void {
    // Copied only when a view on 32-bit words would be unaligned.
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
    const words = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
    const piece = 1 << 18;
    for (let start = 0; start < words.length; start += piece) {
      const end = Math.min(start + piece, words.length);
      let sum = this.#sum;
      for (let index = start; index < end; index++) sum += words[index] ?? 0;
      this.#sum = fold(sum);
    }
  }
}

/** End-around carry to 16 bits; only all zeros sum to zero, as in step-by-step addition. */
function fold(sum: number): number {
  return sum === 0 ? 0 : ((sum - 1) % 0xffff) + 1;
}
