/** Headers of blocks: sizes, if they are stated, and the filters (The .xz File Format 1.2.1, section 3.1). */
import { crc32 } from 'node:zlib';
import { isZero } from '../archive/index.ts';
import { damagedXz, unsupportedXz, wrongSum } from './xz-error.ts';

export interface BlockHeader {
  /** null: not stated. */
  readonly packedBytes: number | null;
  readonly unpackedBytes: number | null;
  readonly dictionaryBytes: number;
}

/** That of `xz -9`. */
const dictionaryBytesMax = 64 * 1024 * 1024;
const lzma2 = 0x21;

/** All of the header, its size and checksum included; `offset` is its position in the file. */
export function readBlockHeader(header: Uint8Array, offset: number): BlockHeader {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const end = header.length - 4;
  if (crc32(header.subarray(0, end)) !== view.getUint32(end, true))
    throw wrongSum('The checksum of a block’s header is wrong.', offset);
  const flags = header[1] ?? 0;
  if ((flags & 0x3c) !== 0) throw unsupportedXz('A block has unknown flags.', offset);
  const fields = new Fields(header.subarray(0, end), offset);
  const packedBytes = (flags & 0x40) === 0 ? null : fields.number();
  const unpackedBytes = (flags & 0x80) === 0 ? null : fields.number();
  const [filter, size] = [fields.number(), fields.number()];
  if ((flags & 3) !== 0 || filter !== lzma2)
    throw unsupportedXz('A block is compressed with a filter other than LZMA2.', offset);
  const bits = fields.byte();
  if (size !== 1 || bits > 40) throw damagedXz('invalid properties of LZMA2', offset);
  const dictionaryBytes = bits === 40 ? 2 ** 32 - 1 : (2 | (bits & 1)) * 2 ** ((bits >>> 1) + 11);
  if (dictionaryBytes > dictionaryBytesMax)
    throw unsupportedXz(
      `A block needs ${dictionaryBytes} bytes of memory to unpack; ${dictionaryBytesMax} is the limit.`,
      offset,
    );
  if (!fields.restIsZero()) throw damagedXz('bytes in the padding of a header', offset);
  return { packedBytes, unpackedBytes, dictionaryBytes };
}

class Fields {
  readonly #bytes: Uint8Array;
  readonly #offset: number;
  #at = 2;

  constructor(bytes: Uint8Array, offset: number) {
    this.#bytes = bytes;
    this.#offset = offset;
  }

  byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw damagedXz('a header ends in the middle', this.#offset);
    this.#at += 1;
    return byte;
  }

  number(): number {
    const number = readNumber(() => this.byte());
    if (number === null) throw damagedXz('an invalid number', this.#offset);
    return number;
  }

  restIsZero(): boolean {
    return isZero(this.#bytes.subarray(this.#at));
  }
}

/** Seven bits a byte, the lowest first (section 1.2); null: not the shortest form, or beyond 2^53. */
function readNumber(next: () => number): number | null {
  let value = 0;
  for (let place = 0; place < 8; place += 1) {
    const byte = next();
    value += (byte & 0x7f) * 2 ** (7 * place);
    if (byte < 0x80) return (byte === 0 && place > 0) || !Number.isSafeInteger(value) ? null : value;
  }
  return null;
}

/** A number of the index, whose bytes are read one by one. */
export async function readLongNumber(next: () => Promise<number>): Promise<number | null> {
  const bytes: number[] = [];
  do bytes.push(await next());
  while ((bytes.at(-1) ?? 0) >= 0x80 && bytes.length < 9);
  let at = 0;
  return readNumber(() => bytes[at++] ?? 0);
}
