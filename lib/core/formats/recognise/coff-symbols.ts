/**
 * COFF symbol table, as linkers of MinGW, Go and Rust leave it behind the sections of a program that nobody stripped: records of 18
 * bytes, then names, in a block that begins with its own size. The loader never reads it, so the header alone says that it is there:
 * it counts as a part of the program only if all of it reads as one. (PE Format, "COFF Symbol Table".)
 */
import { isZero } from '../archive/index.ts';
import { readChunks, type RandomAccessSource } from '../random-access.ts';
import { littleEndian, readUpTo } from './bytes.ts';

const recordBytes = 18;
/** Each is read: 72 MB, more than browsers have. */
const recordsMax = 4_000_000;
const recordsAtOnce = 16_384;
const namesSizeBytes = 4;

interface SymbolTable {
  /** PointerToSymbolTable. */
  readonly start: number;
  /** NumberOfSymbols. */
  readonly count: number;
  /** Sections of the program, to which symbols refer by number. */
  readonly sections: number;
}

/** Where the table and its names end; null: these bytes are none. */
export async function endOfSymbols(source: RandomAccessSource, table: SymbolTable): Promise<number | null> {
  const { start, count } = table;
  const namesStart = start + count * recordBytes;
  if (count > recordsMax) return null;
  const size = littleEndian(await readUpTo(source, namesStart, namesSizeBytes), 0, namesSizeBytes);
  const end = namesStart + size;
  if (!(size >= namesSizeBytes) || end > source.size) return null;
  const areRecords = await readsAsRecords(source, table, size);
  return areRecords && (await readsAsNames(source, namesStart + namesSizeBytes, end)) ? end : null;
}

async function readsAsRecords(
  source: RandomAccessSource,
  { start, count, sections }: SymbolTable,
  namesBytes: number,
): Promise<boolean> {
  // Auxiliary records follow the one that counts them, and are of many kinds.
  let auxiliary = 0;
  for (let first = 0; first < count; first += recordsAtOnce) {
    const records = Math.min(recordsAtOnce, count - first);
    const bytes = await readUpTo(source, start + first * recordBytes, records * recordBytes);
    for (let at = 0; at < bytes.length; at += recordBytes) {
      if (auxiliary > 0) {
        auxiliary -= 1;
        continue;
      }
      const record = bytes.subarray(at, at + recordBytes);
      const section = littleEndian(record, 12, 2);
      // -1: a value that is no address; -2: for debuggers.
      if (section > sections && section < 0xfffe) return false;
      if (!isName(record, namesBytes)) return false;
      auxiliary = record[17] ?? 0;
    }
  }
  return auxiliary === 0;
}

/** Eight characters, padded with zeros; or four zeros and a place among the names. */
function isName(record: Uint8Array, namesBytes: number): boolean {
  if (littleEndian(record, 0, 4) === 0) {
    const place = littleEndian(record, 4, 4);
    return place >= namesSizeBytes && place < namesBytes;
  }
  const name = record.subarray(0, 8);
  const length = name.indexOf(0);
  return (
    !name.subarray(0, length === -1 ? 8 : length).some(isControl) &&
    (length === -1 || isZero(name.subarray(length)))
  );
}

/** Texts that end with zero. An archive or a program would hold other characters. */
async function readsAsNames(source: RandomAccessSource, start: number, end: number): Promise<boolean> {
  let last = 0;
  for await (const chunk of readChunks(source, start, end)) {
    for (const byte of chunk) if (byte !== 0 && isControl(byte)) return false;
    last = chunk.at(-1) ?? last;
  }
  return last === 0;
}

const isControl = (byte: number): boolean => byte < 0x20 || byte === 0x7f;
