/** The beginning of a line whose end is still to come, in memory of its own: a child that says one byte at a time would have a buffer kept for each. */
const roomBytesMin = 1024;

export class LineBuffer {
  #room = Buffer.alloc(0);
  #length = 0;

  add(chunk: Uint8Array): void {
    const length = this.#length + chunk.length;
    if (length > this.#room.length) {
      const room = Buffer.alloc(Math.max(roomBytesMin, 2 * this.#room.length, length));
      room.set(this.#room.subarray(0, this.#length));
      this.#room = room;
    }
    this.#room.set(chunk, this.#length);
    this.#length = length;
  }

  /** What was added, with the end of its line → the line; the next begins with nothing. */
  endWith(chunk: Uint8Array): Buffer {
    const line = Buffer.concat([this.#room.subarray(0, this.#length), chunk]);
    this.#room = Buffer.alloc(0);
    this.#length = 0;
    return line;
  }
}
