import { canonicalJson } from '../../json/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { Difference } from '../../field-record/index.ts';

type Path = Difference['path'];
type Members = Readonly<Record<string, JsonValue>>;

/**
 * Two JSON values → every difference. Nothing is left out: no differences means equal canonical JSON.
 * Members of a list are paired by `name`, `publicKey`, `path` or `tool` where all of them have one of their
 * own, lists of texts and numbers are compared as sets; that the order changed is a difference of its own.
 */
export function compareJson(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
): readonly Difference[] {
  const found: Difference[] = [];
  compare(before, after, { path: [], place: [] }, found);
  return found;
}

interface At {
  readonly path: Path;
  readonly place: Path;
}

const inside = (at: At, name: string | number, index: string | number = name): At => ({
  path: [...at.path, name],
  place: [...at.place, index],
});

function compare(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  at: At,
  found: Difference[],
): void {
  if (before === after) return;
  if (isList(before) && isList(after)) compareLists(before, after, at, found);
  else if (isMembers(before) && isMembers(after)) compareMembers(before, after, at, found);
  else found.push({ ...at, nature: 'value', before, after });
}

function compareMembers(before: Members, after: Members, at: At, found: Difference[]): void {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    compare(own(before, key), own(after, key), inside(at, key), found);
  }
}

function compareLists(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  at: At,
  found: Difference[],
): void {
  const earlier = identities(before);
  const later = identities(after);
  if (earlier === null || later === null) {
    if (canonicalJson(before) !== canonicalJson(after)) found.push({ ...at, nature: 'value', before, after });
    return;
  }
  for (const [name, [index, value]] of earlier) {
    if (!later.has(name)) {
      found.push({
        ...inside(at, label(value, name), index),
        nature: 'item',
        before: value,
        after: undefined,
      });
    }
  }
  for (const [name, [index, value]] of later) {
    const counterpart = earlier.get(name);
    const place = inside(at, label(value, name), index);
    if (counterpart === undefined) found.push({ ...place, nature: 'item', before: undefined, after: value });
    else compare(counterpart[1], value, place, found);
  }
  const kept = [...earlier.keys()].filter((name) => later.has(name));
  const order = [...later.keys()].filter((name) => earlier.has(name));
  if (kept.some((name, index) => order[index] !== name)) {
    found.push({ ...at, nature: 'order', before, after });
  }
}

type Identities = ReadonlyMap<string, readonly [number, JsonValue]>;

/** null: the members can't be told apart by name. */
function identities(list: readonly JsonValue[]): Identities | null {
  const named = new Map<string, readonly [number, JsonValue]>();
  for (const [index, value] of list.entries()) {
    const name = identity(value);
    if (name === null || named.has(name)) return null;
    named.set(name, [index, value]);
  }
  return named;
}

function identity(value: JsonValue): string | null {
  if (isList(value)) return null;
  if (!isMembers(value)) return `=${canonicalJson(value)}`;
  for (const key of identityKeys) {
    const name = own(value, key);
    if (typeof name === 'string') return `${key}:${name}`;
  }
  return null;
}

export const identityKeys = ['name', 'publicKey', 'path', 'tool'] as const;

function label(value: JsonValue, name: string): string {
  if (!isMembers(value)) return typeof value === 'string' ? value : canonicalJson(value);
  return name.slice(name.indexOf(':') + 1);
}

const own = (members: Members, key: string): JsonValue | undefined =>
  Object.hasOwn(members, key) ? members[key] : undefined;
const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);
const isMembers = (value: JsonValue | undefined): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
