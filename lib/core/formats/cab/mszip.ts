/** MSZIP ([MS-MCI]): each block is `CK` and one DEFLATE stream, which may point into the 32 KiB before it. */
import { inflateRawSync } from 'node:zlib';
import type { Block } from './blocks.ts';
import { cabError } from './cab-error.ts';

export const historyBytes = 32_768;

/** A block's bytes; `history`: what the blocks before it gave last. */
export function unpackMszip({ packed, unpackedBytes, offset }: Block, history: Uint8Array): Uint8Array {
  const damaged = (cause?: unknown) => {
    const error = cabError('BAD_CHECKSUM', 'is damaged: a block can’t be unpacked', offset);
    error.cause = cause;
    return error;
  };
  if (packed[0] !== 0x43 || packed[1] !== 0x4b) throw damaged();
  let unpacked: { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
  try {
    // With `info`, Node tells how much of the packed bytes the stream took.
    const options = {
      maxOutputLength: unpackedBytes + 1,
      info: true,
      ...(history.length > 0 ? { dictionary: history } : {}),
    };
    unpacked = inflateRawSync(packed.subarray(2), options) as unknown as typeof unpacked;
  } catch (cause) {
    throw damaged(cause);
  }
  if (unpacked.buffer.length !== unpackedBytes) throw damaged();
  if (unpacked.engine.bytesWritten !== packed.length - 2)
    throw cabError('HIDDEN_DATA', 'has bytes behind the compressed stream of a block', offset);
  return unpacked.buffer;
}
