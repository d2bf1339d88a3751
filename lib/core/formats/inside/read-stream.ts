/** Compressed streams of one file: what comes out is all that is in them, and nothing follows it. */
import { createBrotliDecompress, createInflate, createZstdDecompress } from 'node:zlib';
import { guardRatio, streamRange, type UnpackBudget } from '../archive/index.ts';
import { readBzip2 } from '../bzip2/index.ts';
import { decode, decoderOptions, readGzip } from '../gzip/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { readXz } from '../xz/index.ts';
import { damaged, hidden, metered, type InnerFile } from './inner-file.ts';

export type StreamFormat = 'gzip' | 'zstd' | 'zlib' | 'brotli' | 'xz' | 'bzip2';
type ZlibFormat = Exclude<StreamFormat, 'gzip' | 'xz' | 'bzip2'>;

/** One file named `content`. `isPart`: only the first stream is read, and whatever follows is ignored. */
export async function* readStream(
  format: StreamFormat,
  source: RandomAccessSource,
  budget: UnpackBudget,
  isPart = false,
): AsyncGenerator<InnerFile> {
  yield { name: 'content', closed: null, content: metered(unpack(format, source, budget, isPart), budget) };
}

function unpack(
  format: StreamFormat,
  source: RandomAccessSource,
  budget: UnpackBudget,
  isPart: boolean,
): AsyncIterable<Uint8Array> {
  const { limits } = budget;
  // Each begins a decoder: what costs as much as an entry counts as one, or a small file of tiny ones would take minutes.
  const onPart = (): void => budget.countEntry(0);
  switch (format) {
    case 'gzip':
      onPart();
      return readGzip(source, limits, { anyName: true, isPart });
    case 'xz':
      return guardRatio(readXz(source, { isPart, onPart }), source.size, limits);
    case 'bzip2':
      return guardRatio(readBzip2(source, { isPart, onStream: onPart }), source.size, limits);
    default:
      return guardRatio(frames(format, source, isPart, onPart), source.size, limits);
  }
}

/** Zstandard files may contain several frames (RFC 8878 §3); the other formats are one stream. */
async function* frames(
  format: ZlibFormat,
  source: RandomAccessSource,
  isPart: boolean,
  onPart: () => void,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < source.size;) {
    onPart();
    let consumed = 0;
    yield* decode(streamRange(source, at), decoderOf(format), (bytes) => (consumed = bytes));
    if (consumed === 0) throw damaged('A compressed stream can’t be read.', at);
    at += consumed;
    if (isPart) return;
    if (at < source.size && format !== 'zstd') throw hidden('Bytes follow the compressed stream.', at);
  }
}

function decoderOf(format: ZlibFormat) {
  switch (format) {
    case 'zstd':
      return createZstdDecompress(decoderOptions);
    case 'zlib':
      return createInflate(decoderOptions);
    case 'brotli':
      return createBrotliDecompress();
  }
}
