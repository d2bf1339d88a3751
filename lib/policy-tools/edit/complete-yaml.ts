/** Completions at a position of a policy file being edited: keys and values, from its JSON Schema. */
import type { DocumentPath } from '#core/policy/index.ts';
import { nodesAt, propertiesOf } from './schema-at.ts';
import type { Said, SchemaNode } from './schema-at.ts';

export interface Completion {
  readonly label: string;
  readonly kind: 'key' | 'value';
  /** What the schema says about it; null: nothing. */
  readonly info: string | null;
  /** The text that is inserted. */
  readonly insert: string;
}

export interface YamlCompletions {
  /** Offset where the word begins that a completion replaces. */
  readonly from: number;
  readonly options: readonly Completion[];
}

const linesMax = 5_000;
const optionsMax = 100;

/**
 * Text and cursor → completions; null if there are none. Works from indentation, since a text being edited is seldom
 * well-formed; flow collections are ignored.
 */
export function completeYaml(text: string, cursor: number, schema: object): YamlCompletions | null {
  const lines = text.slice(0, cursor).split('\n');
  if (lines.length > linesMax) return null;
  const line = lines.at(-1) ?? '';
  const match = /^(\s*)((?:- +)*)([A-Za-z][\w-]*)?(:\s+)?(.*)$/.exec(line);
  if (match === null) return null;
  const [, space = '', dashes = '', word = '', colon, rest = ''] = match;
  const root = schema as SchemaNode;
  const indent = space.length + dashes.length;
  const path = pathOf(lines.slice(0, -1), indent, dashes !== '' ? space.length : null);
  const said = saidIn(text);
  if (colon !== undefined) {
    if (!/^['"]?[\w.-]*$/.test(rest)) return null;
    // The value being typed doesn't say anything yet.
    const options = valuesAt(root, [...path, word], (at, key) => (key === word ? undefined : said(at, key)));
    return options.length === 0 ? null : { from: cursor - rest.length, options };
  }
  if (rest !== '') return null;
  const keys = keysAt(root, path, said);
  const values = dashes === '' ? [] : valuesAt(root, path, said);
  const options = [...keys, ...values].slice(0, optionsMax);
  return options.length === 0 ? null : { from: cursor - word.length, options };
}

/** Keys that lead to a line of this indentation. A dash opens an element of the list above it. */
function pathOf(lines: readonly string[], indent: number, dashAt: number | null): DocumentPath {
  const path: (string | number)[] = [];
  let below = indent;
  // The line itself begins an element: its parent is whatever contains the list.
  if (dashAt !== null) {
    path.unshift(0);
    below = dashAt + 1;
  }
  for (let at = lines.length - 1; at >= 0 && below > 0; at -= 1) {
    const match = /^(\s*)((?:- +)*)([A-Za-z][\w-]*):/.exec(lines[at] ?? '');
    if (match === null) continue;
    const [, space = '', dashes = '', key = ''] = match;
    const column = space.length + dashes.length;
    if (column < below) {
      const sibling = column >= indent && path.length === 0;
      if (!sibling) path.unshift(key);
      below = column;
    }
    if (dashes !== '' && space.length < below && column <= below) {
      path.unshift(0);
      below = space.length + 1;
    }
  }
  return path;
}

/** What a mapping at the top of a file says, such as the provider of an origin; of those further in nothing is known. */
function saidIn(text: string): Said {
  const lines = text.split('\n', linesMax);
  return ([top, ...further], key) => {
    if (typeof top !== 'string' || further.length > 0) return undefined;
    const from = lines.findIndex((line) => line.startsWith(`${top}:`));
    if (from < 0) return undefined;
    const below = lines.slice(from + 1);
    const end = below.findIndex((line) => /^[^\s#]/.test(line));
    for (const line of end < 0 ? below : below.slice(0, end)) {
      const [, name, value] = /^\s+([\w-]+):\s+['"]?([\w.-]+)/.exec(line) ?? [];
      if (name === key && value !== undefined) return value;
    }
    return null;
  };
}

function keysAt(root: SchemaNode, path: DocumentPath, said: Said): readonly Completion[] {
  const found = new Map<string, Completion>();
  for (const node of nodesAt(root, path, said)) {
    for (const [key, value] of Object.entries(propertiesOf(node))) {
      if (found.has(key)) continue;
      found.set(key, { label: key, kind: 'key', info: descriptionOf(root, value), insert: `${key}: ` });
    }
  }
  return [...found.values()];
}

function valuesAt(root: SchemaNode, path: DocumentPath, said: Said): readonly Completion[] {
  const found = new Map<string, Completion>();
  for (const node of nodesAt(root, path, said)) {
    const list = Array.isArray(node['enum']) ? node['enum'] : 'const' in node ? [node['const']] : [];
    const words: readonly unknown[] = node['type'] === 'boolean' ? [true, false] : list;
    for (const value of words) {
      if (!['string', 'number', 'boolean'].includes(typeof value)) continue;
      const label = String(value);
      const info = typeof node['description'] === 'string' ? node['description'] : null;
      found.set(label, { label, kind: 'value', info, insert: label });
    }
  }
  return [...found.values()].slice(0, optionsMax);
}

function descriptionOf(root: SchemaNode, value: unknown): string | null {
  const wrapper: SchemaNode = { ...root, properties: { value } };
  for (const node of nodesAt(wrapper, ['value'])) {
    if (typeof node['description'] === 'string') return node['description'];
  }
  return null;
}
