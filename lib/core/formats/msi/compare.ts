/** Whether an installer is the one from before, with the two streams of its signature or without them, and with nothing else. */
import type { CompoundFile, StorageEntry, StreamEntry } from '../cfb/index.ts';
import { isZero } from '../archive/index.ts';
import { chunkBytes, readExactly, type RandomAccessSource } from '../random-access.ts';
import { decodedStreamName } from './names.ts';
import { isSignatureStream, type MsiPackage } from './package.ts';

interface Pair {
  readonly before: MsiPackage;
  readonly after: MsiPackage;
  readonly afterSource: RandomAccessSource;
}

/** Of the installer before: a stream whose content is no matter. */
type MayDiffer = (entry: StorageEntry | StreamEntry) => boolean;

/** → the first difference, as a sentence goes on after a colon; null: none. */
export async function differenceIn(
  { before, after, afterSource }: Pair,
  mayDiffer: MayDiffer = () => false,
): Promise<string | null> {
  if (after.file.header.version !== before.file.header.version) return 'its version of the format';
  if (after.signatures.some(({ record }) => !isZero(record.subarray(80, 116))))
    return 'the streams of the signature have attributes';
  if (afterSource.size % after.file.header.sectorBytes !== 0) return 'its last sector is cut off';
  for (const { start, end } of after.file.gaps()) {
    if (!isZero(await readExactly(afterSource, start, end - start)))
      return `bytes at ${start} belong to nothing`;
  }
  return inStorage({ before: before.file, after: after.file, mayDiffer }, before.file.root, after.file.root);
}

interface Compared {
  readonly before: CompoundFile;
  readonly after: CompoundFile;
  readonly mayDiffer: MayDiffer;
}

async function inStorage(compared: Compared, one: StorageEntry, other: StorageEntry): Promise<string | null> {
  if (!isSameEntry(one, other)) return `the attributes of the storage ${shown(one)}`;
  const counted = (storage: StorageEntry): readonly (StorageEntry | StreamEntry)[] =>
    storage.children.filter((child) => !(storage.type === 'root' && isSignatureStream(child)));
  const found = new Map(counted(other).map((child) => [child.name, child]));
  if (counted(one).length !== found.size) return `the number of streams in ${shown(one)}`;
  for (const child of counted(one)) {
    const twin = found.get(child.name);
    if (twin === undefined) return `the stream ${shown(child)} is missing`;
    const difference =
      child.type !== 'stream' && twin.type !== 'stream'
        ? await inStorage(compared, child, twin)
        : child.type === 'stream' && twin.type === 'stream'
          ? await inStream(compared, child, twin)
          : `${shown(child)} became something else`;
    if (difference !== null) return difference;
  }
  return null;
}

async function inStream(
  { before, after, mayDiffer }: Compared,
  one: StreamEntry,
  other: StreamEntry,
): Promise<string | null> {
  if (mayDiffer(one)) return isSameEntry(one, other) ? null : `the attributes of ${shown(one)}`;
  if (!isSameEntry(one, other) || one.sizeBytes !== other.sizeBytes) return `the attributes of ${shown(one)}`;
  const [first, second] = [before.open(one), after.open(other)];
  for (let at = 0; at < one.sizeBytes; at += chunkBytes) {
    const length = Math.min(chunkBytes, one.sizeBytes - at);
    const [bytes, others] = [await readExactly(first, at, length), await readExactly(second, at, length)];
    if (Buffer.compare(bytes, others) !== 0) return `the content of ${shown(one)}`;
  }
  return null;
}

/** Name, type, CLSID, state bits and times; not where it is. */
function isSameEntry(one: StorageEntry | StreamEntry, other: StorageEntry | StreamEntry): boolean {
  const said = ({ record }: StorageEntry | StreamEntry): Buffer =>
    Buffer.concat([record.subarray(0, 67), record.subarray(80, 116)]);
  return said(one).equals(said(other));
}

const shown = ({ name }: StorageEntry | StreamEntry): string => JSON.stringify(decodedStreamName(name));
