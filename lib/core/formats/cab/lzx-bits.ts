/** The bits of one LZX chunk: 16-bit little-endian words, each from its highest bit on ([MS-PATCH] section 2.2). */
export class LzxBits {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  /** Bits that were fetched and not taken, in the low `#count` bits. */
  #held = 0;
  #count = 0;
  /** Zero bits that were fetched from beyond the end. */
  #beyond = 0;

  start(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#at = 0;
    this.#held = 0;
    this.#count = 0;
    this.#beyond = 0;
  }

  /** Whether no more was taken than there is: beyond the end it reads zeros. */
  get isInside(): boolean {
    return this.#count >= this.#beyond;
  }

  /** The next 16 bits, which stay. */
  peek16(): number {
    if (this.#count < 16) this.#refill();
    return (this.#held >>> (this.#count - 16)) & 0xffff;
  }

  /** After `peek16`, 16 at most. */
  drop(count: number): void {
    this.#count -= count;
    this.#held &= (1 << this.#count) - 1;
  }

  /** 17 bits at most, as a position of LZX needs. */
  take(count: number): number {
    if (count > 16) {
      const high = this.take(count - 16);
      return high * 0x10000 + this.take(16);
    }
    const bits = this.peek16() >>> (16 - count);
    this.drop(count);
    return bits;
  }

  #refill(): void {
    const at = this.#at;
    if (at + 1 >= this.#bytes.length) {
      this.#beyond += 16;
      this.#held <<= 16;
    } else {
      this.#held = (this.#held << 16) | ((this.#bytes[at + 1] ?? 0) << 8) | (this.#bytes[at] ?? 0);
      this.#at += 2;
    }
    this.#count += 16;
  }

  /** Before an uncompressed block: up to the next word, and one whole word where the bits end with one. */
  alignForBytes(): void {
    if (this.#count === 0) this.#refill();
    // What was fetched ahead, and not begun, goes back.
    if (this.#count > 16) {
      if (this.#beyond > 0) this.#beyond -= 16;
      else this.#at -= 2;
    }
    this.#count = 0;
    this.#held = 0;
  }

  /** After `alignForBytes`: bytes as they are; null where there aren't so many. */
  bytes(count: number): Uint8Array | null {
    if (this.#at + count > this.#bytes.length) return null;
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** After the last bit of a chunk: how many bytes no one asked for. */
  bytesLeft(): number {
    return this.#bytes.length - this.#at + (Math.max(0, this.#count - this.#beyond) >> 4) * 2;
  }
}
