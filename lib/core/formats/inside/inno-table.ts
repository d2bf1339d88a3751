/**
 * Where the data of an installer by Inno Setup are (5.1.5 and later): RCDATA 11111 of its loader. An identifier of 12 bytes, then u32 each:
 * version (1), size of the whole installer, offset of Setup's own program, its size and CRC, offset of the header, offset of the
 * files, CRC-32 of all that is before it.
 */
import { crc32 } from 'node:zlib';
import { placesOf, readUpTo } from '../recognise/index.ts';
import type { RandomAccessSource } from '../random-access.ts';

interface InnoParts {
  /** Where the first of the three parts begins. */
  readonly start: number;
  /** Where the installer ends by its own word. */
  readonly end: number;
  /** Setup's own program, compressed, up to the next part: it is installed as the uninstaller, and nobody unpacks it. */
  readonly engine: { readonly start: number; readonly end: number };
}

const identifier = 'rDlPtS\xcd\xe6\xd7{\x0b*';
const tableBytes = 44;
/** The loader has less than 1 MiB, icons and translations included. */
const loaderBytesMax = 16 * 1024 * 1024;

/** null: there is none, or more than one, or not of this version. */
export async function readInnoTable(source: RandomAccessSource): Promise<InnoParts | null> {
  const loader = Buffer.from(await readUpTo(source, 0, loaderBytesMax));
  const places = [...placesOf(loader, identifier)];
  const [place] = places;
  if (place === undefined || places.length > 1 || place + tableBytes > loader.length) return null;
  const number = (index: number): number => loader.readUInt32LE(place + 12 + index * 4);
  if (number(0) !== 1 || number(7) !== crc32(loader.subarray(place, place + tableBytes - 4))) return null;
  const end = number(1);
  const engineStart = number(2);
  const starts = [engineStart, number(5), number(6)].sort((one, other) => one - other);
  const [start = 0] = starts;
  // The parts stand behind the loader, which holds the table. 0: the files are beside the installer.
  if (start < place + tableBytes || (starts.at(-1) ?? end) >= end) return null;
  const engineEnd = starts.find((other) => other > engineStart) ?? end;
  return { start, end, engine: { start: engineStart, end: engineEnd } };
}
