/**
 * What another program is given to open: an installer or archive up to where its own header says that it ends. What follows, and
 * is no signature of the program around it, would be seen by nobody.
 */
import { crc32 } from 'node:zlib';
import { isZero } from '../archive/index.ts';
import { parsePe, PeError } from '../pe/index.ts';
import { readChunks, readExactly, type RandomAccessSource } from '../random-access.ts';
import type { Recognised, UnpackedElsewhere } from '../recognise/index.ts';
import { damaged, hidden } from './inner-file.ts';
import { readInnoTable } from './inno-table.ts';

export interface Payload {
  /** The bytes to give away. */
  readonly start: number;
  readonly end: number;
  /** Where what is unpacked begins: other finds from here to the end are seen as parts of it. */
  readonly dataStart: number;
  /** Whether anything follows that is neither padding nor a signature. */
  readonly isFollowed: boolean;
  /** Whether it says itself where it begins and ends: of what doesn't, nothing counts as seen. */
  readonly isBounded: boolean;
  /** Bytes in it that its program doesn't unpack. */
  readonly passedOver: PassedOver | null;
}

interface PassedOver {
  readonly start: number;
  readonly end: number;
  /** What it is, as a part of a sentence. */
  readonly what: string;
}

const followed = 'Bytes follow the archive that belong to nothing.';

/** Rejects (ArchiveError) what states no valid end. `format`: that of `found`. */
export async function payloadOf(
  source: RandomAccessSource,
  found: Recognised,
  format: UnpackedElsewhere,
): Promise<Payload> {
  const signature = await signatureStart(source);
  const {
    start,
    dataStart,
    end,
    passedOver = null,
    ...bounds
  } = await boundsOf(source, found, format, signature);
  if (end > source.size || end <= dataStart)
    throw damaged('It ends before its own header says so.', dataStart);
  const isFollowed = !(await isEnd(source, end, signature));
  return { start, dataStart, end, isFollowed, isBounded: bounds.isBounded ?? true, passedOver };
}

/** Thrown by whoever has no use for a part of a file. */
export const followedByBytes = (at: number) => hidden(followed, at);

interface Bounds {
  readonly start: number;
  readonly dataStart: number;
  readonly end: number;
  readonly isBounded?: false;
  readonly passedOver?: PassedOver;
}

async function boundsOf(
  source: RandomAccessSource,
  { start }: Recognised,
  format: UnpackedElsewhere,
  signature: number,
): Promise<Bounds> {
  switch (format) {
    case '7z':
      return { start, dataStart: start, end: await endOf7z(source, start) };
    case 'nsis': {
      const header = await nsisHeader(source);
      if (header.isChecked && header.end <= source.size) await checkNsis(source, header);
      return { start: 0, dataStart: header.at, end: header.end };
    }
    case 'inno':
      return innoBounds(source, start, signature);
  }
}

async function innoBounds(source: RandomAccessSource, start: number, signature: number): Promise<Bounds> {
  const table = await readInnoTable(source);
  // Of early versions its reader alone knows whether all is there.
  if (table === null) return { start: 0, dataStart: start, end: signature, isBounded: false };
  const passedOver = { ...table.engine, what: 'Inno Setup’s own program, which becomes the uninstaller' };
  return { start: 0, dataStart: table.start, end: table.end, passedOver };
}

/** SignatureHeader: version, CRC, then offset and size of the last header, from the end of this one. */
async function endOf7z(source: RandomAccessSource, start: number): Promise<number> {
  if (source.size - start < 32) throw damaged('The 7z archive ends inside its header.', start);
  const header = Buffer.from(await readExactly(source, start, 32));
  const [offset, size] = [header.readBigUInt64LE(12), header.readBigUInt64LE(20)];
  const end = BigInt(start) + 32n + offset + size;
  if (end > BigInt(source.size)) throw damaged('The 7z archive is cut off.', start);
  return Number(end);
}

const nsisBlock = 512;
/** FH_FLAGS_NO_CRC */
const noCrc = 4;

interface NsisHeader {
  readonly at: number;
  readonly end: number;
  /** Whether its last four bytes are the CRC-32 of all that is before them, but for the first block. */
  readonly isChecked: boolean;
}

/** 7-Zip doesn’t look at it, and most of its compressions notice no damage. */
async function checkNsis(source: RandomAccessSource, { at, end }: NsisHeader): Promise<void> {
  if (end - 4 < nsisBlock) throw damaged('The NSIS installer ends inside its first block.', at);
  let sum = 0;
  for await (const chunk of readChunks(source, nsisBlock, end - 4)) sum = crc32(chunk, sum);
  const stated = Buffer.from(await readExactly(source, end - 4, 4)).readUInt32LE(0);
  if (sum !== stated)
    throw damaged('The NSIS installer’s own checksum doesn’t fit: it was damaged, or changed.', end - 4);
}

/**
 * firstheader, at the first multiple of 512 where the installer's own loader finds it: flags, 0xDEADBEEF, "NullsoftInst", length of the
 * header, length of all that follows from here on.
 */
async function nsisHeader(source: RandomAccessSource): Promise<NsisHeader> {
  let at = 0;
  for await (const chunk of readChunks(source, 0, source.size)) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let place = 0; place + 28 <= bytes.length; place += nsisBlock) {
      if (bytes.readUInt32LE(place + 4) !== 0xdeadbeef) continue;
      if (bytes.toString('latin1', place + 8, place + 20) !== 'NullsoftInst') continue;
      const isChecked = (bytes.readUInt32LE(place) & noCrc) === 0;
      return { at: at + place, end: at + place + bytes.readUInt32LE(place + 24), isChecked };
    }
    at += bytes.length;
  }
  throw damaged('The header of the NSIS installer is not where its loader looks for it.');
}

/** Where the signatures of the program begin, if they end with the file; otherwise the file's end. */
export async function signatureStart(source: RandomAccessSource): Promise<number> {
  try {
    return (await parsePe(source)).certificateTable?.offset ?? source.size;
  } catch (error) {
    if (error instanceof PeError) return source.size;
    throw error;
  }
}

/** Signatures begin at a multiple of 8. */
async function isEnd(source: RandomAccessSource, end: number, signature: number): Promise<boolean> {
  const between = signature - end;
  if (between < 0 || between >= 8) return false;
  return between === 0 || (signature < source.size && isZero(await readExactly(source, end, between)));
}
