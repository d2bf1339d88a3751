/** Content → gzip file with a given header (RFC 1952), deterministic. */
import { crc32 } from 'node:zlib';
import { deflateRaw, type DeflateLevel } from './deflate-stream.ts';

/** The header is written unchanged, so the original's name, time and system are kept, and what it says of the level. */
export async function* writeGzip(
  header: Uint8Array,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield header;
  let checksum = 0;
  let contentBytes = 0;
  const counted = async function* () {
    for await (const chunk of content) {
      checksum = crc32(chunk, checksum);
      contentBytes += chunk.length;
      yield chunk;
    }
  };
  yield* deflateRaw(counted(), levelIn(header));
  const trailer = new DataView(new ArrayBuffer(8));
  trailer.setUint32(0, checksum, true);
  trailer.setUint32(4, contentBytes % 2 ** 32, true);
  yield new Uint8Array(trailer.buffer);
}

/** XFL (RFC 1952 §2.3.1): 2 for the slowest algorithm, 4 for the fastest. */
function levelIn(header: Uint8Array): DeflateLevel {
  const extraFlags = header[8];
  if (extraFlags === 2) return 9;
  return extraFlags === 4 ? 1 : 6;
}
