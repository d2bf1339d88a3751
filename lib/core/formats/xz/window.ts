/** The most recent output, for matches to refer to; grows with the content, up to the declared dictionary. */

const chunkBytesMax = 2 * 1024 * 1024;

export class Window {
  readonly #dictionaryBytes: number;
  #bytes: Uint8Array;
  #at = 0;
  /** The start of what matches may refer to. */
  #from = 0;

  constructor(dictionaryBytes: number, bytes: Uint8Array = new Uint8Array(0)) {
    this.#dictionaryBytes = dictionaryBytes;
    this.#bytes = bytes;
  }

  /** What it holds its output in, for another one to be begun with when this one is done. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Matches can no longer refer to earlier output. */
  reset(): void {
    this.#at = 0;
    this.#from = 0;
  }

  get at(): number {
    return this.#at;
  }

  get isEmpty(): boolean {
    return this.#at === this.#from;
  }

  /** Makes room for this many bytes, 2 MiB at most. */
  makeRoom(count: number): void {
    if (this.#at + count <= this.#bytes.length) return;
    const kept = Math.min(this.#at - this.#from, this.#dictionaryBytes);
    const needed = kept + chunkBytesMax;
    // Half as much again, so that few bytes are moved for each new one.
    const roomy = Math.min(this.#bytes.length * 2, needed + this.#dictionaryBytes / 2);
    const next = needed <= this.#bytes.length / 1.5 ? this.#bytes : new Uint8Array(Math.max(needed, roomy));
    next.set(this.#bytes.subarray(this.#at - kept, this.#at), 0);
    this.#bytes = next;
    this.#at = kept;
    this.#from = 0;
  }

  /** The byte from `distance + 1` bytes ago. */
  back(distance: number): number {
    return this.#bytes[this.#at - distance - 1] ?? 0;
  }

  put(byte: number): void {
    this.#bytes[this.#at] = byte;
    this.#at += 1;
  }

  append(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** → false if there is nothing at that distance. */
  copy(distance: number, count: number): boolean {
    if (distance >= this.#at - this.#from || distance >= this.#dictionaryBytes) return false;
    const bytes = this.#bytes;
    const from = this.#at - distance - 1;
    // A match may overlap its own output and then repeats it, so bytes are copied one by one.
    if (count > 64 && distance + 1 >= count) bytes.copyWithin(this.#at, from, from + count);
    else for (let at = 0; at < count; at += 1) bytes[this.#at + at] = bytes[from + at] ?? 0;
    this.#at += count;
    return true;
  }

  /** A copy of the output since then. */
  since(start: number): Uint8Array {
    return this.#bytes.slice(start, this.#at);
  }
}

/** The memory of one window after the other: a file may have many small blocks. */
export class WindowRoom {
  #last: Window | null = null;

  /** An empty one; those before it are no longer used. */
  windowOf(dictionaryBytes: number): Window {
    this.#last = new Window(dictionaryBytes, this.#last?.bytes);
    return this.#last;
  }
}
