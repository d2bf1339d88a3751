/** Patterns for files: as general as they can be without matching a file that is treated otherwise. */

export interface Covered<Item> {
  readonly pattern: string;
  readonly items: readonly Item[];
  /** One file by its name. */
  readonly isExact: boolean;
}

interface Placed {
  readonly path: string;
}

/** As many files of a kind get a pattern. */
const manyMin = 4;

/** `mine` are among `all`; every other file of `all` matches none of the patterns. */
export function cover<Item extends Placed>(
  mine: readonly Item[],
  all: readonly Item[],
): readonly Covered<Item>[] {
  const isMine = new Set(mine);
  const found: Covered<Item>[] = [];
  /** Items that form a pattern, if nobody else's file is among `others`. */
  const take = (items: readonly Item[], others: readonly Item[], pattern: string): boolean => {
    if (items.length < manyMin || others.some((item) => !isMine.has(item))) return false;
    found.push({ pattern, items, isExact: false });
    return true;
  };
  const allByEnding = groupBy(all, endingOf);
  for (const [ending, items] of groupBy(mine, endingOf)) {
    const alike = allByEnding.get(ending) ?? [];
    if (ending !== '' && take(items, alike, `${folderOfAll(items)}*${ending}`)) continue;
    const alikeByFolder = groupBy(alike, folderOf);
    for (const [folder, inFolder] of groupBy(items, folderOf)) {
      const others = alikeByFolder.get(folder) ?? [];
      if (ending !== '' && take(inFolder, others, `${folder}*${ending}`)) continue;
      const othersByStart = groupBy(others, startOf);
      for (const [start, same] of groupBy(inFolder, startOf)) {
        if (start !== '' && take(same, othersByStart.get(start) ?? [], `${folder}${start}*${ending}`))
          continue;
        found.push(...same.map((item) => ({ pattern: item.path, items: [item], isExact: true })));
      }
    }
  }
  return found;
}

function groupBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const nameOf = ({ path }: Placed): string => path.slice(path.lastIndexOf('/') + 1);

/** `.dll`; empty: none. Patterns match in any case. */
export function endingOf(item: Placed): string {
  return (/[^.]([.][A-Za-z0-9_+-]{1,16})$/.exec(nameOf(item))?.[1] ?? '').toLowerCase();
}

/** `bin/`; empty: the top. */
const folderOf = ({ path }: Placed): string => path.slice(0, path.lastIndexOf('/') + 1);

/** `Qt6` of `Qt6Core.dll` is nobody's guess; `System.` of `System.Text.Json.dll` is plain. */
function startOf(item: Placed): string {
  return /^[A-Za-z][A-Za-z0-9]*[._-](?=.*[.])/.exec(nameOf(item))?.[0] ?? '';
}

/** What goes before `*.dll`: the one folder, or the folder that all are below and two stars. */
function folderOfAll(items: readonly Placed[]): string {
  const [first = [], ...rest] = items.map((item) => folderOf(item).split('/').slice(0, -1));
  const isOne = rest.every((parts) => parts.join('/') === first.join('/'));
  const length = first.findIndex((part, at) => rest.some((parts) => parts[at] !== part));
  const common = isOne || length === -1 ? first : first.slice(0, length);
  const below = isOne ? '' : '**/';
  return `${common.map((part) => `${part}/`).join('')}${below}`;
}
