/** What of a report is searched, counted and compared: a row for each node of its tree. Pure. */
import { createHash } from 'node:crypto';
import { canonicalJson, wellFormed, type JsonValue } from '../json/index.ts';
import { likeName } from './like-name.ts';
import type { ReportEntry } from './report.ts';
import { layOutTree, type TreeNode } from './tree.ts';

export interface ReportRow {
  /** Number in the order of the tree; the artifact itself is 0. */
  readonly position: number;
  readonly parent: number | null;
  /** Position of the last node below it; its own where there is none. */
  readonly last: number;
  readonly name: string;
  /** Steps joined with `!/`, for people; of a folder that no entry names, empty. */
  readonly path: string;
  /** Equal where everything that is said of a file is equal, but for its path; null: of a folder. */
  readonly sameness: string | null;
  /** The path as versions have it: equal for `widget-1.4/a.dll` and `widget-1.5/a.dll`; null: of a folder. */
  readonly likeness: string | null;
  readonly sizeBytes: number;
  readonly sha256: string | null;
  readonly isFolder: boolean;
  readonly detected: string | null;
  readonly scan: string | null;
  readonly isToBeSigned: boolean;
  readonly isNotSeen: boolean;
  readonly isUnexpected: boolean;
  readonly below: Below;
  /** Canonical JSON of the entry; null: a folder that none names. */
  readonly entry: string | null;
}

/** Of the files below a node. */
export interface Below {
  readonly files: number;
  readonly toBeSigned: number;
  readonly notSeen: number;
  readonly unexpected: number;
  readonly infected: number;
  readonly notScanned: number;
}

type Count = { -readonly [Key in keyof Below]: number };
const none = { files: 0, toBeSigned: 0, notSeen: 0, unexpected: 0, infected: 0, notScanned: 0 };

export const indexRows = (entries: readonly ReportEntry[]): readonly ReportRow[] => [...eachRow(entries)];

/** The same, each made when it is asked for: 100,000 at once take seconds and hundreds of megabytes. */
export function eachRow(entries: readonly ReportEntry[]): Generator<ReportRow> {
  return rowsOf(layOutTree(entries));
}

/** Of a report’s tree. */
export function* rowsOf(nodes: readonly TreeNode[]): Generator<ReportRow> {
  const below = nodes.map((): Count => ({ ...none }));
  for (const { position, parent, entry } of nodes.toReversed()) {
    const above = parent === null ? undefined : below[parent];
    if (above === undefined) continue;
    add(above, below[position] ?? none);
    if (entry?.type === 'file') add(above, ownCount(entry));
  }
  for (const { position, parent, last, name, entry } of nodes)
    yield {
      position,
      parent,
      last,
      name: clean(name),
      ...rowOf(entry),
      below: below[position] ?? none,
    };
}

function add(to: Count, more: Below): void {
  for (const key of Object.keys(none) as (keyof Below)[]) to[key] += more[key];
}

const ownCount = ({ sign, notSeenCount, role, scan }: ReportEntry): Below => ({
  files: 1,
  toBeSigned: sign === null ? 0 : 1,
  notSeen: notSeenCount > 0 ? 1 : 0,
  unexpected: role === 'unexpected' ? 1 : 0,
  infected: scan.outcome === 'infected' ? 1 : 0,
  notScanned: scan.outcome === 'not-scanned' ? 1 : 0,
});

const folder = {
  path: '',
  sameness: null,
  likeness: null,
  sizeBytes: 0,
  sha256: null,
  isFolder: true,
  detected: null,
  scan: null,
  isToBeSigned: false,
  isNotSeen: false,
  isUnexpected: false,
} as const;

function rowOf(
  entry: ReportEntry | null,
): Omit<ReportRow, 'position' | 'parent' | 'last' | 'name' | 'below'> {
  if (entry === null) return { ...folder, entry: null };
  const path = clean(entry.path.join('!/'));
  const json = canonicalJson(wellFormed(entry as unknown as JsonValue));
  if (entry.type === 'directory') return { ...folder, path, entry: json };
  return {
    path,
    sameness: samenessOf(entry),
    likeness: digestOf(entry.path.map(likeName)),
    sizeBytes: entry.sizeBytes,
    sha256: entry.sha256,
    isFolder: false,
    detected: entry.detected,
    scan: entry.scan.outcome,
    isToBeSigned: entry.sign !== null,
    isNotSeen: entry.notSeenCount > 0,
    isUnexpected: entry.role === 'unexpected',
    entry: json,
  };
}

/** The file is named by its path; lines of a configuration move whenever somebody adds a comment. */
function samenessOf({ element, ...entry }: ReportEntry): string {
  return digestOf({ ...entry, path: null, element: element?.type ?? null });
}

const digestOf = (value: object): string =>
  createHash('sha256')
    .update(canonicalJson(wellFormed(value as unknown as JsonValue)))
    .digest('hex')
    .slice(0, 32);

/** PostgreSQL stores no NUL in a text. */
const clean = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');
