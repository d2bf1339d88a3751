/** A folder's bytes → its CFDATAs, of 32 KiB each but for the last. */
import { constants, deflateRawSync } from 'node:zlib';
import { blockChecksum, blockHeaderBytes, unpackedBytesMax } from './blocks.ts';

/** More than this [MS-MCI] doesn't allow for a block of MSZIP, with its `CK`. */
const packedBytesMax = 32_780;

/** `reservedBytes`: cbCFData, which stay zeros. The same bytes in give the same bytes out for one zlib. */
export async function* writeBlocks(
  content: AsyncIterable<Uint8Array>,
  method: 'none' | 'mszip',
  reservedBytes: number,
): AsyncGenerator<Uint8Array> {
  let history: Uint8Array = new Uint8Array(0);
  for await (const piece of inPieces(content)) {
    yield block(method === 'mszip' ? packMszip(piece, history) : piece, piece.length, reservedBytes);
    history = piece;
  }
}

async function* inPieces(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let piece = new Uint8Array(unpackedBytesMax);
  let filled = 0;
  for await (const chunk of content) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + unpackedBytesMax - filled);
      piece.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < unpackedBytesMax) continue;
      yield piece;
      piece = new Uint8Array(unpackedBytesMax);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

function block(packed: Uint8Array, unpackedBytes: number, reservedBytes: number): Buffer {
  const header = Buffer.alloc(blockHeaderBytes + reservedBytes);
  header.writeUInt16LE(packed.length, 4);
  header.writeUInt16LE(unpackedBytes, 6);
  header.writeUInt32LE(blockChecksum(header.subarray(4), packed), 0);
  return Buffer.concat([header, packed]);
}

function packMszip(piece: Uint8Array, history: Uint8Array): Buffer {
  const mark = Buffer.from('CK', 'latin1');
  const options = {
    level: constants.Z_BEST_COMPRESSION,
    ...(history.length > 0 ? { dictionary: history } : {}),
  };
  const packed = Buffer.concat([mark, deflateRawSync(piece, options)]);
  return packed.length <= packedBytesMax ? packed : Buffer.concat([mark, storedStream(piece)]);
}

/** One block of DEFLATE that is the last and isn't compressed (RFC 1951 section 3.2.4): five bytes more than it holds. */
function storedStream(piece: Uint8Array): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt8(1, 0);
  header.writeUInt16LE(piece.length, 1);
  header.writeUInt16LE(piece.length ^ 0xffff, 3);
  return Buffer.concat([header, piece]);
}
