/** Reading bytes in order with exact sizes, in memory bounded by one chunk. */
import type { RandomAccessSource } from '../random-access.ts';
import { ArchiveError } from './archive-error.ts';

const [firstBytes, chunkBytes] = [16 * 1024, 256 * 1024];

/** length bytes of a source from offset on, in chunks of at most 256 KiB. The first are small: what only looks like a stream is told by them. */
export async function* streamRange(
  source: RandomAccessSource,
  offset = 0,
  length = source.size - offset,
): AsyncGenerator<Uint8Array> {
  const end = offset + length;
  for (let at = offset, most = firstBytes; at < end; most = Math.min(4 * most, chunkBytes)) {
    const chunk = await source.read(at, Math.min(most, end - at));
    if (chunk.length === 0) throw truncated(at);
    yield chunk;
    at += chunk.length;
  }
}

/** Exact reads over a stream of chunks. Reading past the end is a TRUNCATED ArchiveError. */
export class ByteCursor {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);
  #offset = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /** Bytes consumed so far. */
  get offset(): number {
    return this.#offset;
  }

  async atEnd(): Promise<boolean> {
    while (this.#chunk.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return true;
      this.#chunk = next.value;
    }
    return false;
  }

  /** Exactly length bytes, copied. Meant for headers: the caller bounds length. */
  async read(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    let filled = 0;
    for await (const part of this.stream(length)) {
      bytes.set(part, filled);
      filled += part.length;
    }
    return bytes;
  }

  /** Exactly length bytes, as they come. */
  async *stream(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0;) {
      if (await this.atEnd()) throw truncated(this.#offset);
      const part = this.#chunk.subarray(0, left);
      this.#chunk = this.#chunk.subarray(part.length);
      this.#offset += part.length;
      left -= part.length;
      yield part;
    }
  }

  /** Releases the underlying stream (files, decompressors) when reading ends early. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

export function truncated(offset: number): ArchiveError {
  return new ArchiveError(
    {
      code: 'TRUNCATED',
      message: 'The archive ends too early: it was cut off while being written or uploaded.',
      fix: 'Build and upload the whole file again.',
    },
    offset,
  );
}

export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
