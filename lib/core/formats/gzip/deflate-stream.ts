/** Raw DEFLATE (RFC 1951) as a pull stream over node:zlib, telling how many packed bytes it consumed. */
import { once } from 'node:events';
import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw, type InflateRaw } from 'node:zlib';
import { ArchiveError } from '../archive/index.ts';

const chunkBytes = 256 * 1024;

/**
 * packed chunks → unpacked chunks. `consumed` is called once, after the last chunk, with the number of packed
 * bytes the stream took: less than given means bytes follow its end. Rejects corrupt and unfinished streams.
 */
export async function* inflateRaw(
  packed: AsyncIterable<Uint8Array>,
  consumed: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const inflater = createInflateRaw({ chunkSize: chunkBytes });
  try {
    yield* transform(packed, inflater);
  } catch (cause) {
    throw zlibIssue(cause);
  }
  consumed(inflater.bytesWritten);
}

/** unpacked chunks → packed chunks, level 9. The same bytes in give the same bytes out for one zlib. */
export async function* deflateRaw(unpacked: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* transform(
    unpacked,
    createDeflateRaw({ level: constants.Z_BEST_COMPRESSION, chunkSize: chunkBytes }),
  );
}

async function* transform(
  input: AsyncIterable<Uint8Array>,
  coder: InflateRaw | DeflateRaw,
): AsyncGenerator<Uint8Array> {
  const closed = once(coder, 'close');
  const feed = async () => {
    for await (const chunk of input) {
      if (coder.destroyed || coder.readableEnded) return;
      if (!coder.write(chunk)) await Promise.race([once(coder, 'drain'), closed]);
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

function zlibIssue(cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  if (code === 'Z_BUF_ERROR') {
    return new ArchiveError(
      {
        code: 'TRUNCATED',
        message: 'Compressed data ends before its end mark: it was cut off.',
        fix: 'Build and upload the whole file again.',
      },
      null,
      { cause },
    );
  }
  if (code === 'Z_DATA_ERROR') {
    return new ArchiveError(
      {
        code: 'BAD_CHECKSUM',
        message: 'Compressed data is damaged and can not be unpacked.',
        fix: 'Build and upload the file again.',
      },
      null,
      { cause },
    );
  }
  return cause;
}
