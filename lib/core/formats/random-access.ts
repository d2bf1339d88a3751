/**
 * The port through which format readers see a file: they read small ranges and never load the whole file.
 * Files on disk are opened elsewhere; the core only knows this shape.
 */
import { CodedError } from '#core/error/index.ts';

export interface RandomAccessSource {
  readonly size: number;
  /** Gives exactly `length` bytes from `offset`; the caller stays inside `size`. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Fills memory of the caller's from `offset` on, as `read` would; left out: what is read is copied there. */
  readInto?(target: Uint8Array, offset: number): Promise<void>;
  /** All its bytes, where they are in memory; nobody writes to them. */
  readonly memory?: Uint8Array;
  /**
   * Stands for the bytes: the same object for the same bytes, so that what was computed from all of them can be kept by it. Left out:
   * nobody knows whether they are the same as before.
   */
  readonly content?: object;
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
    memory: bytes,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
}

/** An open file, as node:fs/promises gives it. */
interface OpenFile {
  read(
    target: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/** `size`: what was measured; what is added later is ignored, and a file that became shorter is an error. */
export function fileSource(file: OpenFile, size: number): RandomAccessSource {
  const readInto = async (target: Uint8Array, offset: number): Promise<void> => {
    for (let filled = 0; filled < target.length;) {
      const { bytesRead } = await file.read(target, filled, target.length - filled, offset + filled);
      if (bytesRead === 0) {
        const message = 'the file ends early: it changed while being read';
        throw new RandomAccessError('SHORT_READ', offset + filled, message);
      }
      filled += bytesRead;
    }
  };
  return {
    size,
    readInto,
    async read(offset, length) {
      const bytes = Buffer.allocUnsafeSlow(length);
      await readInto(bytes, offset);
      return bytes;
    },
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

/** Kept for those who ask next: memory that is allocated anew for each piece costs more than reading it. */
const spare: Uint8Array[] = [];
const spareMax = 4;

/**
 * The bytes from `start` up to `end` in pieces of at most 1 MiB of lent memory: whoever reads may write to a piece, and must be done with it
 * before the next is asked for. The next is read while one is worked on.
 */
export async function* lentChunks(
  source: RandomAccessSource,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  const lent = [spare.pop(), spare.pop()].map((one) => one ?? new Uint8Array(chunkBytes));
  let reading: Promise<Uint8Array> | null = null;
  try {
    for (let at = start, turn = 0; at < end; turn += 1) {
      const chunk = await (reading ?? fill(source, lent[0], at, end));
      at += chunk.length;
      reading = at < end ? fill(source, lent[(turn + 1) % 2], at, end) : null;
      // Nobody may ask for it.
      reading?.catch(() => undefined);
      yield chunk;
    }
  } finally {
    // Nobody else gets what is still being filled.
    await reading?.catch(() => undefined);
    spare.push(...lent.slice(0, spareMax - spare.length));
  }
}

async function fill(
  source: RandomAccessSource,
  lent: Uint8Array | undefined,
  offset: number,
  end: number,
): Promise<Uint8Array> {
  const target = (lent ?? new Uint8Array(chunkBytes)).subarray(0, end - offset);
  const isInside = offset + target.length <= source.size;
  if (isInside && source.memory !== undefined)
    target.set(source.memory.subarray(offset, offset + target.length));
  else if (isInside && source.readInto !== undefined) await source.readInto(target, offset);
  else target.set(await readExactly(source, offset, target.length));
  return target;
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
