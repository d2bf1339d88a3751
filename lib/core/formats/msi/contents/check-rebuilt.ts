/** Whether a rebuilt installer is the one from before, but for files that were to change and what its tables state of them. */
import type { UnpackBudget } from '../../archive/index.ts';
import type { StorageEntry, StreamEntry } from '../../cfb/index.ts';
import type { RandomAccessSource } from '../../random-access.ts';
import { differenceIn } from '../compare.ts';
import type { Table } from '../tables.ts';
import { asArchive, contentsError } from './damage.ts';
import { hashPlaces } from './file-hash.ts';
import { readContents, type InstallerContents } from './read-contents.ts';

interface Budgets {
  readonly before: UnpackBudget;
  readonly after: UnpackBudget;
}

/**
 * The files themselves are compared by whoever opens both, sizes and digests in the tables as they are opened. `changed`: paths.
 * Throws ArchiveError.
 */
export async function checkRebuilt(
  source: RandomAccessSource,
  rebuilt: RandomAccessSource,
  budgets: Budgets,
  changed: ReadonlySet<string>,
): Promise<void> {
  const before = await readContents(source, budgets.before);
  const after = await readContents(rebuilt, budgets.after);
  const kept = changedStreams(before, changed);
  const difference =
    after.found.signatures.length > 0
      ? 'it still carries a signature'
      : await asArchive(() =>
          differenceIn({ before: before.found, after: after.found, afterSource: rebuilt }, (entry) =>
            kept.has(entry),
          ),
        );
  if (difference !== null) throw differs(difference);
  for (const [name, one, other] of await asArchive(() => Promise.resolve(tablesOf(before, after, changed))))
    if (one === null || other === null ? one !== other : !one.equals(other))
      throw differs(`the table ${name}`);
}

/** Streams whose content may differ, and is looked at in other ways. */
function changedStreams(
  { cabinets, streams, fileTable, hashes }: InstallerContents,
  changed: ReadonlySet<string>,
): ReadonlySet<StorageEntry | StreamEntry> {
  const packed = cabinets.filter(({ files }) => [...files.values()].some(({ path }) => changed.has(path)));
  const kept = new Set<StorageEntry | StreamEntry>(packed.map(({ stream }) => stream));
  for (const { path, stream } of streams) if (changed.has(path)) kept.add(stream);
  if (packed.length === 0) return kept;
  if (fileTable !== null) kept.add(fileTable.stream);
  if (hashes !== null) kept.add(hashes.table.stream);
  return kept;
}

type Compared = readonly [string, Buffer | null, Buffer | null];

/** Both tables of both installers, without what may differ. */
function tablesOf(
  before: InstallerContents,
  after: InstallerContents,
  changed: ReadonlySet<string>,
): readonly Compared[] {
  const files = before.cabinets.flatMap((cabinet) =>
    [...cabinet.files.values()].filter(({ path }) => changed.has(path)),
  );
  const sizes = (table: Table | null): Buffer | null =>
    table === null
      ? null
      : without(
          table,
          files.map(({ row }) => table.place(row, 'FileSize')),
        );
  const digests = ({ hashes }: InstallerContents): Buffer | null => {
    if (hashes === null) return null;
    const { table, rows } = hashes;
    const places = files.flatMap(({ key }) => {
      const row = rows.get(key);
      return row === undefined ? [] : hashPlaces(table, row);
    });
    return without(table, places);
  };
  return [
    ['File', sizes(before.fileTable), sizes(after.fileTable)],
    ['MsiFileHash', digests(before), digests(after)],
  ];
}

function without(
  { bytes }: Table,
  places: readonly { readonly at: number; readonly bytes: number }[],
): Buffer {
  const copy = Buffer.from(bytes);
  for (const { at, bytes: length } of places) copy.fill(0, at, at + length);
  return copy;
}

const differs = (what: string): Error =>
  contentsError('NOT_REWRITABLE', `would differ in more than what was signed: ${what}`);
