/**
 * The port through which format readers see a file: they read small ranges and never load the whole file.
 * Files on disk are opened elsewhere; the core only knows this shape.
 */
import { CodedError } from '#core/error/index.ts';

export interface RandomAccessSource {
  readonly size: number;
  /** Gives exactly `length` bytes from `offset`; the caller stays inside `size`. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

export class RandomAccessError extends CodedError<'OUT_OF_RANGE' | 'SHORT_READ'> {
  static override readonly errorName = 'RandomAccessError';
  readonly offset: number;
  constructor(code: RandomAccessError['code'], offset: number, message: string) {
    super(code, message, { context: { offset } });
    this.offset = offset;
  }
}

export const chunkBytes = 1024 * 1024;

export function memorySource(bytes: Uint8Array): RandomAccessSource {
  return {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
}

/** Reads a range completely: a file that shrinks while it is read must not go unnoticed. */
export async function readExactly(
  source: RandomAccessSource,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  const valid = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (!valid || offset + length > source.size) {
    const message = `range ${offset} + ${length} is outside the source of ${source.size} bytes`;
    throw new RandomAccessError('OUT_OF_RANGE', offset, message);
  }
  const bytes = await source.read(offset, length);
  if (bytes.length !== length) {
    const message = `requested ${length} bytes at ${offset}, got ${bytes.length}: the source changed`;
    throw new RandomAccessError('SHORT_READ', offset, message);
  }
  return bytes;
}

/** The bytes from `start` up to `end` in pieces of at most 1 MiB; the next is read while one is worked on. */
export async function* readChunks(
  source: RandomAccessSource,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  const read = (at: number): Promise<Uint8Array> => readExactly(source, at, Math.min(chunkBytes, end - at));
  let next = start < end ? read(start) : null;
  for (let at = start; next !== null;) {
    const chunk = await next;
    at += chunk.length;
    next = at < end ? read(at) : null;
    // Nobody may ask for it.
    next?.catch(() => undefined);
    yield chunk;
  }
}
