/**
 * CFDATA ([MS-CAB] section 2.4): csum u32; cbData u16, packed bytes; cbUncomp u16, unpacked bytes; cbCFData reserved bytes; the packed
 * bytes. All blocks of a folder give 32 KiB, but for the last.
 */
import { isZero } from '../archive/index.ts';
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { cabError } from './cab-error.ts';
import type { CabFolder } from './folders.ts';

export const blockHeaderBytes = 8;
export const unpackedBytesMax = 32_768;
/** What compression may add to a block (section 2.4). */
const expansionBytes = 6144;

export interface Block {
  readonly offset: number;
  readonly packed: Uint8Array;
  readonly unpackedBytes: number;
}

/** `reservedBytes`: cbCFData. A checksum of 0 means that there is none. */
export async function* readBlocks(
  source: RandomAccessSource,
  { dataOffset, dataEnd, blockCount }: CabFolder,
  reservedBytes: number,
): AsyncGenerator<Block> {
  let at = dataOffset;
  for (let left = blockCount; left > 0; left -= 1) {
    const headerBytes = blockHeaderBytes + reservedBytes;
    if (at + headerBytes > dataEnd) throw cabError('BAD_HEADER', 'has a block of data that is cut off', at);
    const header = Buffer.from(await readExactly(source, at, headerBytes));
    const packedBytes = header.readUInt16LE(4);
    const unpackedBytes = header.readUInt16LE(6);
    if (unpackedBytes === 0) throw cabError('UNSUPPORTED', 'has a block that goes on in another cabinet', at);
    if (unpackedBytes > unpackedBytesMax || packedBytes > unpackedBytesMax + expansionBytes)
      throw cabError('BAD_HEADER', 'has a block that is larger than blocks may be', at);
    if (left > 1 && unpackedBytes !== unpackedBytesMax)
      throw cabError('BAD_HEADER', 'has a block before the last that isn’t full', at);
    if (at + headerBytes + packedBytes > dataEnd)
      throw cabError('BAD_HEADER', 'has a block of data that is cut off', at);
    if (!isZero(header.subarray(blockHeaderBytes)))
      throw cabError('UNSUPPORTED', 'has data in what it reserves for a block', at);
    const packed = await readExactly(source, at + headerBytes, packedBytes);
    const told = header.readUInt32LE(0);
    if (told !== 0 && told !== blockChecksum(header.subarray(4), packed))
      throw cabError('BAD_CHECKSUM', 'is damaged: the checksum of a block is wrong', at);
    yield { offset: at, packed, unpackedBytes };
    at += headerBytes + packedBytes;
  }
  if (at !== dataEnd)
    throw cabError('HIDDEN_DATA', 'has bytes behind the data of a folder that belong to none', at);
}

/** Section 3.1: of the packed bytes, and from there on of the header's rest. */
export function blockChecksum(headerRest: Uint8Array, packed: Uint8Array): number {
  return checksum(headerRest, checksum(packed, 0)) >>> 0;
}

/** XOR of little-endian words; what is left at the end counts from its last byte on. */
function checksum(bytes: Uint8Array, seed: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - (bytes.length % 4);
  let sum = seed;
  for (let at = 0; at < whole; at += 4) sum ^= view.getUint32(at, true);
  let rest = 0;
  for (let at = whole; at < bytes.length; at += 1) rest = (rest << 8) | (bytes[at] ?? 0);
  return sum ^ rest;
}
