/**
 * Where files get installed, by the tables File, Component and Directory.
 *
 * A directory's `DefaultDir` is `target` or `target:source`, each `short|long` or one name; `.` is its parent. The target's long name counts, since
 * that is what users get. The root (`TARGETDIR`, called `SourceDir`) has no name, and neither have Windows' own folders, whose
 * places nobody knows before they are on a machine: they are mostly `.`. So a path is relative to where the user installs, as
 * msiextract has it: `Widget Maker/bin/tool.exe`.
 *
 * Two files that would have one path are called `File/<key>/<name>`, both of them: the same DLL for the system folders of 32 and 64 bits,
 * or variants of which a condition installs one.
 */
import { foldName, readEntryName, type ArchiveIssue } from '../../archive/index.ts';
import type { Database, Table } from '../tables.ts';
import { contentsError } from './damage.ts';

/** Directories inside one another. */
const depthMax = 128;

export interface InstalledFile {
  /** Names its row of the table File, and the file in the cabinet. */
  readonly key: string;
  readonly row: number;
  readonly path: string;
  readonly issues: readonly ArchiveIssue[];
  readonly sizeBytes: number;
  readonly sequence: number;
}

export interface FileTable {
  /** null: nothing is installed. */
  readonly table: Table | null;
  readonly files: readonly InstalledFile[];
}

/** msidbFileAttributesNoncompressed */
const noncompressed = 0x2000;

/** In the order of the table. */
export async function readFileTable(database: Database, nameBytesMax: number): Promise<FileTable> {
  const table = await database.table('File');
  if (table === null) return { table: null, files: [] };
  const places = await readPlaces(database);
  const rows: Omit<InstalledFile, 'path' | 'issues'>[] = [];
  const names: (readonly string[])[] = [];
  const keys = new Set<string>();
  const broken = (row: number, message: string, fix?: string): Error =>
    contentsError('BAD_HEADER', `${message} (row ${row + 1} of its table File)`, table.stream.offset, fix);
  for (let row = 0; row < table.rows; row += 1) {
    const key = await table.text(row, 'File');
    if (key === '' || keys.has(key)) throw broken(row, `has two files ${JSON.stringify(key.slice(0, 80))}`);
    keys.add(key);
    const sizeBytes = table.number(row, 'FileSize');
    const sequence = table.number(row, 'Sequence');
    if (sizeBytes === null || sizeBytes < 0 || sequence === null || sequence < 1)
      throw broken(row, 'has a file without size or sequence');
    if (((table.number(row, 'Attributes') ?? 0) & noncompressed) !== 0) {
      const fix = 'Build it with all files in an embedded cabinet (WiX: Compressed="yes", EmbedCab="yes").';
      throw contentsError(
        'UNSUPPORTED',
        `has a file that lies beside it (row ${row + 1} of its table File)`,
        table.stream.offset,
        fix,
      );
    }
    rows.push({ key, row, sizeBytes, sequence });
    const folder = places(await table.text(row, 'Component_'), () =>
      broken(row, 'has a file in a component or directory that is not there, or in itself'),
    );
    names.push([...folder, longName(await table.text(row, 'FileName'))]);
  }
  const uses = new Map<string, number>();
  const folded = names.map((path) => foldName(path.join('/')));
  for (const path of folded) uses.set(path, (uses.get(path) ?? 0) + 1);
  const files = rows.map((file, index): InstalledFile => {
    const path = names[index] ?? [];
    const isAlone = uses.get(folded[index] ?? '') === 1;
    return { ...file, ...checked(isAlone ? path : ['File', file.key, path.at(-1) ?? ''], nameBytesMax) };
  });
  return { table, files };
}

function checked(segments: readonly string[], nameBytesMax: number): Pick<InstalledFile, 'path' | 'issues'> {
  const joined = segments.join('/');
  const { path, issues } = readEntryName(Buffer.from(joined, 'utf8'), nameBytesMax);
  if (segments.every((segment) => segment !== '' && !segment.includes('/'))) return { path, issues };
  const issue: ArchiveIssue = {
    code: 'AMBIGUOUS',
    message: `The name of a file or directory in the installer is empty or has a "/" in it.`,
    fix: 'Give each file and directory a name of its own.',
  };
  return { path, issues: [...issues, issue] };
}

/** `WIDGET~1.EXE|widget maker.exe` → the long one. */
const longName = (name: string): string => name.slice(name.indexOf('|') + 1);

interface Directory {
  /** null: a root. */
  readonly parent: string | null;
  /** null: its parent’s. */
  readonly name: string | null;
}

type Places = (component: string, broken: () => Error) => readonly string[];

/** Component → names of the directories around its files. */
async function readPlaces(database: Database): Promise<Places> {
  const components = await readComponents(await database.table('Component'));
  const directories = await readDirectories(await database.table('Directory'));
  const known = new Map<string, readonly string[]>();
  const placeOf = (id: string, broken: () => Error): readonly string[] => {
    const path: string[] = [];
    let at: string | null = id;
    for (let depth = 0; at !== null; depth += 1) {
      const directory: Directory | undefined = directories.get(at);
      if (directory === undefined || depth > depthMax) throw broken();
      const { parent, name }: Directory = directory;
      if (parent !== null && name !== null) path.unshift(name);
      at = parent;
    }
    return path;
  };
  return (component, broken) => {
    const id = components.get(component);
    if (id === undefined) throw broken();
    const place = known.get(id) ?? placeOf(id, broken);
    known.set(id, place);
    return place;
  };
}

async function readComponents(table: Table | null): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (let row = 0; row < (table?.rows ?? 0); row += 1) {
    const key = (await table?.text(row, 'Component')) ?? '';
    if (found.has(key)) throw twice('Component', row, table);
    found.set(key, (await table?.text(row, 'Directory_')) ?? '');
  }
  return found;
}

async function readDirectories(table: Table | null): Promise<ReadonlyMap<string, Directory>> {
  const found = new Map<string, Directory>();
  for (let row = 0; row < (table?.rows ?? 0); row += 1) {
    const key = (await table?.text(row, 'Directory')) ?? '';
    if (found.has(key)) throw twice('Directory', row, table);
    const parent = (await table?.text(row, 'Directory_Parent')) ?? '';
    const [target = ''] = ((await table?.text(row, 'DefaultDir')) ?? '').split(':');
    const name = longName(target);
    found.set(key, {
      parent: parent === '' || parent === key ? null : parent,
      name: name === '.' ? null : name,
    });
  }
  return found;
}

const twice = (name: string, row: number, table: Table | null): Error =>
  contentsError(
    'BAD_HEADER',
    `has two rows with one key (row ${row + 1} of its table ${name})`,
    table?.stream.offset ?? null,
  );
