/** Which entries two zip archives have in common, byte for byte: nothing is unpacked. */
import { streamRange, type UnpackBudget } from '../archive/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { readZip, type ZipEntry } from './read-zip.ts';
import { viewOf } from './zip-fields.ts';

/** → the paths of entries whose records agree but for where they are, and whose local headers, packed bytes and descriptors are equal. */
export async function sameZipEntries(
  before: RandomAccessSource,
  after: RandomAccessSource,
  budgets: { readonly before: UnpackBudget; readonly after: UnpackBudget },
): Promise<ReadonlySet<string>> {
  const [earlier, later] = [await readZip(before, budgets.before), await readZip(after, budgets.after)];
  const others = new Map(later.entries.map((entry) => [entry.path, entry]));
  const same = new Set<string>();
  for (const entry of earlier.entries) {
    const other = others.get(entry.path);
    // The same path twice means nothing for either.
    others.delete(entry.path);
    if (other === undefined) same.delete(entry.path);
    else if (isSameRecord(entry, other) && (await isSameRange(before, entry, after, other)))
      same.add(entry.path);
  }
  return same;
}

function isSameRecord(entry: ZipEntry, other: ZipEntry): boolean {
  const [left, right] = [entry, other].map(withoutOffset);
  return left !== undefined && right !== undefined && left.equals(right);
}

function withoutOffset({ record, places }: ZipEntry): Buffer {
  const copy = Buffer.from(record);
  const { at, bytes } = places.offset;
  if (bytes === 8) viewOf(copy).setBigUint64(at, 0n);
  else viewOf(copy).setUint32(at, 0);
  return copy;
}

async function isSameRange(
  before: RandomAccessSource,
  entry: ZipEntry,
  after: RandomAccessSource,
  other: ZipEntry,
): Promise<boolean> {
  const length = entry.endOffset - entry.localOffset;
  if (other.endOffset - other.localOffset !== length) return false;
  const others = streamRange(after, other.localOffset, length);
  for await (const chunk of streamRange(before, entry.localOffset, length)) {
    const next = await others.next();
    if (next.done === true || Buffer.compare(chunk, next.value) !== 0) return false;
  }
  return true;
}
