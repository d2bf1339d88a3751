/**
 * What lies in an installer, by its streams:
 * - cabinets that the table Media names (`#product.cab`), or that of a merge module, with the files that get installed;
 * - streams that hold a file each, named after their row: `Binary.CustomActions` (programs that run as it installs), `Icon.app.exe`;
 * - the rest: tables, property sets (`\x05…`), and a signature.
 * Media says which file is in which cabinet by ranges of numbers: those up to LastSequence, from the row before on.
 */
import { readEntryName, type ArchiveIssue, type UnpackBudget } from '../../archive/index.ts';
import type { CompoundFile, StreamEntry } from '../../cfb/index.ts';
import type { RandomAccessSource } from '../../random-access.ts';
import { decodedStreamName, streamName } from '../names.ts';
import { readPackage, type MsiPackage } from '../package.ts';
import { readDatabase, type Database, type Table } from '../tables.ts';
import { asArchive, contentsError } from './damage.ts';
import { readFileTable, type InstalledFile } from './installed-paths.ts';

export interface EmbeddedCabinet {
  readonly name: string;
  readonly stream: StreamEntry;
  /** By their keys, which are their names in the cabinet. */
  readonly files: ReadonlyMap<string, InstalledFile>;
}

/** A stream that is a file. */
export interface FileStream {
  readonly path: string;
  readonly issues: readonly ArchiveIssue[];
  readonly stream: StreamEntry;
}

export interface Hashes {
  readonly table: Table;
  /** Key of a file → row. */
  readonly rows: ReadonlyMap<string, number>;
}

export interface InstallerContents {
  readonly found: MsiPackage;
  /** null: nothing is installed. */
  readonly fileTable: Table | null;
  /** MD5 of files that have no version; null: there is no such table. */
  readonly hashes: Hashes | null;
  readonly cabinets: readonly EmbeddedCabinet[];
  readonly streams: readonly FileStream[];
  readonly rest: readonly StreamEntry[];
}

const moduleCabinet = 'MergeModule.CABinet';
const inOne =
  'Build it with all files in embedded cabinets (WiX: EmbedCab="yes"), or declare it without `contents` and sign the programs before it is built.';

/** Throws ArchiveError for what can't be read, and what can't be told file by file. */
export function readContents(source: RandomAccessSource, budget: UnpackBudget): Promise<InstallerContents> {
  return asArchive(async () => {
    const found = await readPackage(source);
    const { file } = found;
    refuseOthers(found);
    const database = await readDatabase(file);
    const signed = await database.table('MsiDigitalSignature');
    if (signed !== null && signed.rows > 0)
      throw contentsError(
        'UNSUPPORTED',
        'checks signatures of its cabinets as it installs (table MsiDigitalSignature)',
        signed.stream.offset,
      );
    const { table: fileTable, files } = await readFileTable(database, budget.limits.nameBytesMax);
    for (const { path } of files) budget.countNames(path.length);
    const cabinets = await readCabinets(file, database, files);
    const isCabinet = new Set(cabinets.map(({ stream }) => stream));
    const streams: FileStream[] = [];
    const rest: StreamEntry[] = [];
    for (const stream of file.streams) {
      if (isCabinet.has(stream)) continue;
      const name = decodedStreamName(stream.name);
      if (name.startsWith('!') || name.startsWith('\x05')) rest.push(stream);
      else streams.push({ stream, ...pathOf(name, budget) });
    }
    return { found, fileTable, hashes: await readHashes(database), cabinets, streams, rest };
  });
}

/** Patches, and what changes the tables that are read here before anything is installed. */
function refuseOthers({ class: found, file }: MsiPackage): void {
  if (found === 'patch')
    throw contentsError(
      'UNSUPPORTED',
      'is a patch, which holds differences between files and no files',
      null,
      'Declare it without `contents`: all of it is scanned in any case.',
    );
  const storage = file.root.children.find(({ type }) => type !== 'stream');
  if (storage !== undefined)
    throw contentsError(
      'UNSUPPORTED',
      'holds storages: transforms, which change what gets installed where',
      storage.offset,
      'Build one installer for each language, or declare it without `contents` and sign the programs before it is built.',
    );
}

/** `Binary.CustomActions` → `Binary/CustomActions`; a stream that belongs to no row → `Stream/name`. */
function pathOf(name: string, budget: UnpackBudget): Pick<FileStream, 'path' | 'issues'> {
  const dot = name.indexOf('.');
  const path = dot > 0 ? `${name.slice(0, dot)}/${name.slice(dot + 1)}` : `Stream/${name}`;
  budget.countEntry(path.length);
  const read = readEntryName(Buffer.from(path, 'utf8'), budget.limits.nameBytesMax);
  if (!read.isDirectoryName && dot + 1 < name.length) return read;
  const issue: ArchiveIssue = {
    code: 'NAME_LENGTH',
    message: 'A stream of the installer has an empty name.',
    fix: 'Give each row of the tables Binary and Icon a name.',
  };
  return { path: read.path, issues: [...read.issues, issue] };
}

async function readCabinets(
  file: CompoundFile,
  database: Database,
  files: readonly InstalledFile[],
): Promise<readonly EmbeddedCabinet[]> {
  const media = await database.table('Media');
  if (media === null) {
    const stream = streamCalled(file, moduleCabinet);
    if (stream === null && files.length > 0)
      throw contentsError('UNSUPPORTED', 'has files, and no cabinet for them in it', null, inOne);
    return stream === null ? [] : [{ name: moduleCabinet, stream, files: byKey(files) }];
  }
  const disks: { readonly last: number; readonly cabinet: string; readonly row: number }[] = [];
  for (let row = 0; row < media.rows; row += 1)
    disks.push({
      last: media.number(row, 'LastSequence') ?? 0,
      cabinet: await media.text(row, 'Cabinet'),
      row,
    });
  disks.sort((one, other) => one.last - other.last);
  const cabinets: EmbeddedCabinet[] = [];
  let left = files;
  for (const { last, cabinet, row } of disks) {
    const its = left.filter(({ sequence }) => sequence <= last);
    left = left.filter(({ sequence }) => sequence > last);
    const at = `(row ${row + 1} of its table Media)`;
    if (!cabinet.startsWith('#')) {
      if (its.length === 0 && cabinet === '') continue;
      throw contentsError(
        'UNSUPPORTED',
        `has files in a cabinet or folder beside it ${at}`,
        media.stream.offset,
        inOne,
      );
    }
    const name = cabinet.slice(1);
    const stream = streamCalled(file, name);
    if (stream === null)
      throw contentsError('BAD_HEADER', `names a cabinet that is not in it ${at}`, media.stream.offset);
    if (cabinets.some((other) => other.stream === stream))
      throw contentsError('BAD_HEADER', `names one cabinet twice ${at}`, media.stream.offset);
    cabinets.push({ name, stream, files: byKey(its) });
  }
  if (left.length > 0)
    throw contentsError(
      'BAD_HEADER',
      'has a file whose sequence is beyond its last cabinet',
      media.stream.offset,
    );
  return cabinets;
}

const byKey = (files: readonly InstalledFile[]): ReadonlyMap<string, InstalledFile> =>
  new Map(files.map((file) => [file.key, file]));

function streamCalled(file: CompoundFile, known: string): StreamEntry | null {
  const name = streamName(known);
  const found = file.root.children.find((child) => child.name === name);
  return found?.type === 'stream' ? found : null;
}

async function readHashes(database: Database): Promise<Hashes | null> {
  const table = await database.table('MsiFileHash');
  if (table === null) return null;
  const rows = new Map<string, number>();
  for (let row = 0; row < table.rows; row += 1) {
    const key = await table.text(row, 'File_');
    if (rows.has(key))
      throw contentsError(
        'BAD_HEADER',
        `has two digests of one file (row ${row + 1} of its table MsiFileHash)`,
        table.stream.offset,
      );
    rows.set(key, row);
  }
  return { table, rows };
}
