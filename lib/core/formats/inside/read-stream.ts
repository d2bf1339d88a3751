/** Compressed streams of one file: what comes out is all that is in them, and nothing follows it. */
import { createBrotliDecompress, createInflate, createZstdDecompress } from 'node:zlib';
import { guardRatio, streamRange, type UnpackBudget } from '../archive/index.ts';
import { decode, readGzip } from '../gzip/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { damaged, hidden, metered, type InnerFile } from './inner-file.ts';

export type StreamFormat = 'gzip' | 'zstd' | 'zlib' | 'brotli';

/** One file named `content`. */
export async function* readStream(
  format: StreamFormat,
  source: RandomAccessSource,
  budget: UnpackBudget,
): AsyncGenerator<InnerFile> {
  budget.countEntry(0);
  const content = format === 'gzip' ? readGzip(source, budget.limits) : unpack(format, source, budget);
  yield { name: 'content', closed: null, content: metered(content, budget) };
}

async function* unpack(
  format: Exclude<StreamFormat, 'gzip'>,
  source: RandomAccessSource,
  budget: UnpackBudget,
): AsyncGenerator<Uint8Array> {
  yield* guardRatio(frames(format, source), source.size, budget.limits);
}

/** Zstandard files may hold several frames (RFC 8878 §3); the other formats are one stream. */
async function* frames(
  format: Exclude<StreamFormat, 'gzip'>,
  source: RandomAccessSource,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < source.size;) {
    let consumed = 0;
    yield* decode(streamRange(source, at), decoderOf(format), (bytes) => (consumed = bytes));
    if (consumed === 0) throw damaged('A compressed stream can’t be read.', at);
    at += consumed;
    if (at < source.size && format !== 'zstd') throw hidden('Bytes follow the compressed stream.', at);
  }
}

function decoderOf(format: Exclude<StreamFormat, 'gzip'>) {
  switch (format) {
    case 'zstd':
      return createZstdDecompress();
    case 'zlib':
      return createInflate();
    case 'brotli':
      return createBrotliDecompress();
  }
}
