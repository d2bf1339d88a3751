/**
 * A ZIP archive of one file, stored as it is (APPNOTE.TXT 6.3.10), as SignPath's clients unpack what they download. Sizes and CRC stand
 * before the file, so that every reader can unpack it; hence the file is read twice, and never held.
 */
import { crc32 } from 'node:zlib';

export interface ZipFile {
  readonly name: string;
  readonly sizeBytes: number;
  /** From the beginning, each time. */
  readonly bytes: () => AsyncIterable<Uint8Array>;
}

/** What a ZIP without the 64-bit extension holds. */
export const zippedBytesMax = 0xfffffffe - 0x20000;

const version = 20;
/** Of Unix: unzip reads names of DOS archives in the character set of DOS, whatever they say. */
const madeBy = (3 << 8) | version;
/** A plain file that everybody may read (APPNOTE 4.4.15; the upper half is Unix's). */
const attributes = 0o100644 * 0x10000;
/** General purpose bit 11: the name is UTF-8. */
const flags = 1 << 11;
/** 1 January 1980, the first day that a ZIP can name: the same release is the same archive. */
const date = (1 << 5) | 1;

export const zipSizeBytes = ({ name, sizeBytes }: Pick<ZipFile, 'name' | 'sizeBytes'>): number =>
  30 + 46 + 22 + 2 * Buffer.byteLength(name) + sizeBytes;

/** Throws RangeError for what is larger than `zippedBytesMax`. */
export async function* storedZip({ name, sizeBytes, bytes }: ZipFile): AsyncGenerator<Uint8Array> {
  if (sizeBytes > zippedBytesMax) throw new RangeError(`${sizeBytes} bytes need the 64-bit extension`);
  const crc = await crcOf(bytes(), sizeBytes);
  const encoded = Buffer.from(name, 'utf8');
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  writeCommon(local, 4, { crc, sizeBytes, nameBytes: encoded.length });
  yield Buffer.concat([local, encoded]);
  yield* exactly(bytes(), sizeBytes);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(madeBy, 4);
  central.writeUInt32LE(attributes, 38);
  writeCommon(central, 6, { crc, sizeBytes, nameBytes: encoded.length });
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length + encoded.length, 12);
  end.writeUInt32LE(local.length + encoded.length + sizeBytes, 16);
  yield Buffer.concat([central, encoded, end]);
}

/** Fields that local header (4.3.7) and central directory (4.3.12) have in common, in the same order. */
function writeCommon(
  header: Buffer,
  at: number,
  of: { readonly crc: number; readonly sizeBytes: number; readonly nameBytes: number },
): void {
  header.writeUInt16LE(version, at);
  header.writeUInt16LE(flags, at + 2);
  // Method 0, stored; time 0.
  header.writeUInt16LE(date, at + 8);
  header.writeUInt32LE(of.crc, at + 10);
  header.writeUInt32LE(of.sizeBytes, at + 14);
  header.writeUInt32LE(of.sizeBytes, at + 18);
  header.writeUInt16LE(of.nameBytes, at + 22);
}

async function crcOf(bytes: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<number> {
  let crc = 0;
  for await (const chunk of exactly(bytes, sizeBytes)) crc = crc32(chunk, crc);
  return crc;
}

async function* exactly(bytes: AsyncIterable<Uint8Array>, sizeBytes: number): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const chunk of bytes) {
    seen += chunk.byteLength;
    if (seen > sizeBytes) break;
    yield chunk;
  }
  if (seen !== sizeBytes)
    throw new RangeError(`the file has not the ${sizeBytes} bytes that it was said to have`);
}
