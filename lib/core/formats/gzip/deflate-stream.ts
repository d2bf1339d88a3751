/** The coders of node:zlib as pull streams that report how many packed bytes they consumed; raw DEFLATE (RFC 1951). */
import { once } from 'node:events';
import {
  createDeflateRaw,
  createInflateRaw,
  deflateRaw as deflateRawWhole,
  inflateRawSync,
  type BrotliDecompress,
  type DeflateRaw,
  type Inflate,
  type InflateRaw,
  type ZlibOptions,
  type ZstdDecompress,
} from 'node:zlib';
import { ArchiveError } from '../archive/index.ts';

const chunkBytes = 256 * 1024;

/** Of zlib: 1 is the fastest, 6 what packers take unless they are told, 9 twice as slow as that for a file a few thousandths smaller. */
export type DeflateLevel = 1 | 3 | 6 | 9;

/** Nothing more is read before the first small chunk was looked at. What is a stream's, the types of zlib don't know. */
export const decoderOptions: Pick<ZlibOptions, 'chunkSize'> & { readonly writableHighWaterMark: number } = {
  writableHighWaterMark: 16 * 1024,
};

export type Decoder = InflateRaw | Inflate | BrotliDecompress | ZstdDecompress;

/**
 * packed chunks → unpacked chunks. `consumed` is called once, after the last chunk, with the number of packed
 * bytes the stream took: less than given means bytes follow its end. Rejects corrupt and unfinished streams.
 * `start`: where it begins in its file, so that what is wrong with it has a place.
 */
export async function* inflateRaw(
  packed: AsyncIterable<Uint8Array>,
  consumed: (bytes: number) => void,
  start: number | null = null,
): AsyncGenerator<Uint8Array> {
  yield* decode(packed, createInflateRaw({ chunkSize: chunkBytes, ...decoderOptions }), consumed, start);
}

/**
 * The same for a stream that is in memory and is to unpack to at most `sizeBytesMax` bytes: without a decoder's buffers, of which a
 * small stream fills a thousandth. null: it unpacks to more.
 */
export function inflateSmall(
  packed: Uint8Array,
  sizeBytesMax: number,
): { readonly unpacked: Uint8Array; readonly consumed: number } | null {
  const options = {
    info: true,
    maxOutputLength: sizeBytesMax + 1,
    chunkSize: Math.max(64, sizeBytesMax + 1),
  };
  try {
    // With `info` it gives both; the types don't know that.
    const { buffer, engine } = inflateRawSync(packed, options) as unknown as {
      readonly buffer: Uint8Array;
      readonly engine: { readonly bytesWritten: number };
    };
    return buffer.length > sizeBytesMax ? null : { unpacked: buffer, consumed: engine.bytesWritten };
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE') return null;
    throw zlibIssue(cause);
  }
}

/** The same through another decoder of node:zlib, which is used once. */
export async function* decode(
  packed: AsyncIterable<Uint8Array>,
  decoder: Decoder,
  consumed: (bytes: number) => void,
  start: number | null = null,
): AsyncGenerator<Uint8Array> {
  try {
    yield* transform(packed, decoder);
  } catch (cause) {
    throw zlibIssue(cause, start === null ? null : start + decoder.bytesWritten);
  }
  consumed(decoder.bytesWritten);
}

/** Content up to this size is packed in one go of a thread of zlib, which takes turns with nobody meanwhile. */
const wholeBytesMax = 4 * 1024 * 1024;

/** unpacked chunks, which aren't lent → packed chunks. The same bytes in give the same bytes out for one zlib. */
export async function* deflateRaw(
  unpacked: AsyncIterable<Uint8Array>,
  level: DeflateLevel,
): AsyncGenerator<Uint8Array> {
  const chunks = unpacked[Symbol.asyncIterator]();
  const begin: Uint8Array[] = [];
  let sizeBytes = 0;
  for (;;) {
    const next = await chunks.next();
    if (next.done === true) break;
    begin.push(next.value);
    sizeBytes += next.value.length;
    if (sizeBytes <= wholeBytesMax) continue;
    const all = async function* (): AsyncGenerator<Uint8Array> {
      yield* begin.splice(0);
      yield* { [Symbol.asyncIterator]: () => chunks };
    };
    yield* transform(all(), createDeflateRaw({ level, chunkSize: chunkBytes }));
    return;
  }
  const [only = new Uint8Array(0), ...more] = begin;
  const whole = more.length === 0 ? only : Buffer.concat(begin);
  // What doesn't shrink grows by five bytes for each 16 KiB.
  const chunkSize = Math.max(64, sizeBytes + Math.ceil(sizeBytes / 1024) + 64);
  yield await new Promise<Uint8Array>((resolve, reject) => {
    deflateRawWhole(whole, { level, chunkSize }, (error, packed) => {
      if (error === null) resolve(packed);
      else reject(error);
    });
  });
}

async function* transform(
  input: AsyncIterable<Uint8Array>,
  coder: Decoder | DeflateRaw,
): AsyncGenerator<Uint8Array> {
  const closed = once(coder, 'close');
  const isDone = (): boolean => coder.destroyed || coder.readableEnded;
  const feed = async () => {
    for await (const chunk of input) {
      if (isDone()) return;
      if (!coder.write(chunk)) await Promise.race([once(coder, 'drain'), closed]);
      if (isDone()) return;
    }
    coder.end();
  };
  // A failure of the input ends the reader below with that very error.
  const feeding = feed().catch((error: unknown) => {
    coder.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  closed.catch(() => undefined);
  try {
    for await (const chunk of coder) yield chunk as Uint8Array;
  } finally {
    coder.destroy();
    await feeding;
  }
}

/** `at`: how far it was read. */
function zlibIssue(cause: unknown, at: number | null = null): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  if (code === 'Z_BUF_ERROR') {
    return new ArchiveError(
      {
        code: 'TRUNCATED',
        message: 'Compressed data ends before its end mark: it was cut off.',
        fix: 'Build and upload the whole file again.',
      },
      at,
      { cause },
    );
  }
  // Brotli's codes begin with ERR_ and its own name for it, Zstandard's with ZSTD_error.
  if (code === 'Z_DATA_ERROR' || /^(?:ERR_*_ERROR_|ERR_BROTLI|ERR_ZSTD|ZSTD_error)/.test(String(code))) {
    return new ArchiveError(
      {
        code: 'BAD_CHECKSUM',
        message: 'Compressed data is damaged and can’t be unpacked.',
        fix: 'Build and upload the file again.',
      },
      at,
      { cause },
    );
  }
  return cause;
}
