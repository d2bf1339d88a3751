/**
 * The tree that a report's paths describe. Folders that no entry names are there, too: archives list files alone. Bounded: names from
 * hostile archives may be thousands of folders deep.
 */
import type { ReportEntry } from './report.ts';
import { filesAtOnce, finished, type Steps } from './steps.ts';

/** Folders that no entry names. Beyond, the rest of a path is one name. */
const impliedMax = 100_000;
const depthMax = 200;

export interface TreeNode<Entry = ReportEntry> {
  /** Its number in the order of the tree; the artifact itself is 0. */
  readonly position: number;
  /** null: of the artifact itself. */
  readonly parent: number | null;
  readonly name: string;
  /** null: a folder that no entry names. */
  readonly entry: Entry | null;
  /** Position of the last node below it; its own where there is none. */
  readonly last: number;
}

type Placed = Pick<ReportEntry, 'path' | 'type'>;

interface Draft<Entry> {
  readonly name: string;
  /** Folders by name. A file may have the same name as a folder, or as another file. */
  readonly folders: Map<string, Draft<Entry>>;
  /** Files that hold others, by name; the last one of each. */
  readonly containers: Map<string, Draft<Entry>>;
  readonly below: Draft<Entry>[];
  entry: Entry | null;
}

const draft = <Entry>(name: string, entry: Entry | null): Draft<Entry> => ({
  name,
  folders: new Map(),
  containers: new Map(),
  below: [],
  entry,
});

/** Entries in any order → their tree, each folder before what is in it. */
export function layOutTree<Entry extends Placed>(entries: readonly Entry[]): readonly TreeNode<Entry>[] {
  return finished(layOutTreeInSteps(entries));
}

export function* layOutTreeInSteps<Entry extends Placed>(
  entries: readonly Entry[],
): Steps<readonly TreeNode<Entry>[]> {
  return yield* number(yield* plant(entries));
}

/** Directories first, then by name; what is in a file or folder right behind it. */
export function* inTreeOrder<Entry extends Placed>(entries: readonly Entry[]): Steps<readonly Entry[]> {
  return (yield* layOutTreeInSteps(entries)).flatMap(({ entry }) => entry ?? []);
}

function* plant<Entry extends Placed>(entries: readonly Entry[]): Steps<Draft<Entry>> {
  const root = draft<Entry>('', null);
  const room = { left: impliedMax };
  // What is around a file comes before it, so that it finds its container.
  const ordered = entries.toSorted((one, other) => one.path.length - other.path.length);
  for (const [at, entry] of ordered.entries()) {
    if (at % filesAtOnce === 0) yield;
    if (entry.path.length === 0) root.entry = entry;
    else place(root, entry, room);
  }
  return root;
}

function place<Entry extends Placed>(root: Draft<Entry>, entry: Entry, room: { left: number }): void {
  let at = root;
  let depth = 0;
  for (const [index, step] of entry.path.entries()) {
    const isLast = index === entry.path.length - 1;
    const names = segments(step);
    const folders = names.slice(0, -1);
    let name = names.at(-1) ?? '';
    for (const [done, folder] of folders.entries()) {
      const known = at.folders.get(folder);
      if (known === undefined && (room.left === 0 || depth >= depthMax)) {
        name = [...folders.slice(done), name].join('/');
        break;
      }
      at = known ?? addFolder(at, folder, room);
      depth += 1;
    }
    if (isLast) add(at, name, entry);
    else at = at.containers.get(name) ?? addContainer(at, name);
    depth += 1;
  }
}

function addFolder<Entry>(at: Draft<Entry>, name: string, room: { left: number }): Draft<Entry> {
  const folder = draft<Entry>(name, null);
  room.left -= 1;
  at.folders.set(name, folder);
  at.below.push(folder);
  return folder;
}

/** A file that no entry names, and that holds some. */
function addContainer<Entry>(at: Draft<Entry>, name: string): Draft<Entry> {
  const container = draft<Entry>(name, null);
  at.containers.set(name, container);
  at.below.push(container);
  return container;
}

function add<Entry extends Placed>(at: Draft<Entry>, name: string, entry: Entry): void {
  const known = entry.type === 'directory' ? at.folders.get(name) : undefined;
  if (known?.entry === null) {
    known.entry = entry;
    return;
  }
  const made = draft(name, entry);
  at.below.push(made);
  (entry.type === 'directory' ? at.folders : at.containers).set(name, made);
}

/** Readers of archives allow no empty names; openers of undeclared ones may. */
function segments(step: string): readonly string[] {
  const names = step.split('/').filter((name) => name !== '');
  return names.length === 0 ? [step] : names;
}

const isFolder = <Entry extends Placed>({ entry }: Draft<Entry>): boolean =>
  entry === null || entry.type === 'directory';

function inOrder<Entry extends Placed>(one: Draft<Entry>, other: Draft<Entry>): number {
  const [oneIs, otherIs] = [isFolder(one), isFolder(other)];
  if (oneIs !== otherIs) return oneIs ? -1 : 1;
  if (one.name === other.name) return 0;
  return one.name < other.name ? -1 : 1;
}

/** Without recursion: depth comes from hostile names. */
function* number<Entry extends Placed>(root: Draft<Entry>): Steps<readonly TreeNode<Entry>[]> {
  const nodes: {
    position: number;
    parent: number | null;
    name: string;
    entry: Entry | null;
    last: number;
  }[] = [];
  const waiting: { readonly at: Draft<Entry>; readonly parent: number | null }[] = [
    { at: root, parent: null },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { at, parent } = next;
    const position = nodes.length;
    if (position % filesAtOnce === 0) yield;
    nodes.push({ position, parent, name: at.name, entry: at.entry, last: position });
    for (const below of at.below.toSorted(inOrder).reverse()) waiting.push({ at: below, parent: position });
  }
  for (const { last, parent } of nodes.toReversed()) {
    const above = parent === null ? undefined : nodes[parent];
    if (above !== undefined && above.last < last) above.last = last;
  }
  return nodes;
}
