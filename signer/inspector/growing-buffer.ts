/**
 * What another process says, until all of it is there: in memory of its own, twice as much as it needs at most. One that says a byte at a time
 * would otherwise have a buffer of the system's kept for each.
 */
const roomBytesMin = 1024;
const none = Buffer.alloc(0);

export class GrowingBuffer {
  #room = none;
  #length = 0;

  add(chunk: Uint8Array): void {
    const length = this.#length + chunk.length;
    if (length > this.#room.length) {
      const room = Buffer.allocUnsafeSlow(Math.max(roomBytesMin, 2 * this.#room.length, length));
      room.set(this.#room.subarray(0, this.#length));
      this.#room = room;
    }
    this.#room.set(chunk, this.#length);
    this.#length = length;
  }

  /** All that was added since the last time. */
  take(): Buffer {
    const taken = this.#room.subarray(0, this.#length);
    this.#room = none;
    this.#length = 0;
    return taken;
  }
}
