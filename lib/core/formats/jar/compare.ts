/** Proof that signing changed nothing but what it had to: every byte of the archive is accounted for. */
import { showName, streamRange } from '../archive/index.ts';
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { withDirectory, type ZipEntry } from '../zip/index.ts';
import type { Jar } from './read-jar.ts';

interface OpenJar {
  readonly source: RandomAccessSource;
  readonly jar: Jar;
}

/**
 * → what differs, a sentence's end; null: the signed archive begins with `added`, there and in its directory, and holds all entries of
 * the other but those that were omitted, in their order, each byte for byte: local header, packed content, descriptor, and its record but for
 * the place that this gives. readZip has proved that nothing stands between them.
 */
export async function compareSignedJar(
  before: OpenJar,
  after: OpenJar,
  added: readonly string[],
  isOmitted: (path: string) => boolean,
): Promise<string | null> {
  const head = after.jar.entries.slice(0, added.length);
  if (head.some(({ path }, index) => path !== added[index])) return 'it does not begin with the signature';
  const kept = before.jar.entries.filter(({ path }) => !isOmitted(path));
  const others = after.jar.entries.slice(added.length);
  if (kept.length !== others.length) return 'it has another number of entries';
  for (const [index, entry] of kept.entries()) {
    const other = others[index];
    if (other === undefined || !(await isSame(before.source, entry, after.source, other)))
      return `at ${showName(entry.path)}`;
  }
  const places = [...head.keys(), ...inFile(kept).map((place) => place + head.length)];
  if (places.join() !== inFile(after.jar.entries).join()) return 'its entries are in another order';
  const end = withDirectory(before.jar.end, after.jar.end);
  return Buffer.compare(end, after.jar.end.bytes) === 0 ? null : 'in what it says of itself at its end';
}

/** Indexes in the directory, in the order of the file. */
function inFile(entries: readonly ZipEntry[]): readonly number[] {
  return entries
    .map(({ localOffset }, index) => ({ localOffset, index }))
    .sort((one, other) => one.localOffset - other.localOffset)
    .map(({ index }) => index);
}

async function isSame(
  source: RandomAccessSource,
  entry: ZipEntry,
  otherSource: RandomAccessSource,
  other: ZipEntry,
): Promise<boolean> {
  const length = entry.endOffset - entry.localOffset;
  if (other.endOffset - other.localOffset !== length || !isSameRecord(entry, other)) return false;
  let at = other.localOffset;
  for await (const chunk of streamRange(source, entry.localOffset, length)) {
    const found = await readExactly(otherSource, at, chunk.length);
    if (Buffer.compare(chunk, found) !== 0) return false;
    at += chunk.length;
  }
  return true;
}

/** But for the offset, in the record or in its zip64 field. */
function isSameRecord(one: ZipEntry, other: ZipEntry): boolean {
  const place = one.places.offset;
  if (one.record.length !== other.record.length || place.at !== other.places.offset.at) return false;
  const masked = ({ record }: ZipEntry): Uint8Array => {
    const copy = Uint8Array.from(record);
    copy.fill(0, place.at, place.at + place.bytes);
    return copy;
  };
  return Buffer.compare(masked(one), masked(other)) === 0;
}
