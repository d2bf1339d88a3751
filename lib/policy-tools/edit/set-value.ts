/** Sets a value in a document by changing only the nodes that it takes: all others keep their form and their comments. */
import { diffArrays } from 'diff';
import { isCollection, isMap, isNode, isScalar, isSeq } from 'yaml';
import type { Document, Node, YAMLMap, YAMLSeq } from 'yaml';
import { canonicalJson } from '#core/json/index.ts';
import type { JsonValue } from '#core/json/index.ts';
import type { DocumentPath } from '#core/policy/index.ts';
import { keyOrder } from './schema-at.ts';
import type { Said, SchemaNode } from './schema-at.ts';

/** `undefined`: removes it, and whatever becomes empty as a result. */
export function setValue(
  document: Document,
  path: DocumentPath,
  value: JsonValue | undefined,
  schema: SchemaNode,
): void {
  if (value === undefined) {
    remove(document, path);
    return;
  }
  const old = document.getIn(path, true);
  // The scalar node is kept, with its quotes and the comment after it.
  if (isScalar(old) && (typeof value !== 'object' || value === null)) {
    if (old.value === value) return;
    const plain = old.type === 'PLAIN' && typeof value === 'string';
    old.value = value;
    delete old.source;
    if (plain) delete old.type;
    // In a block of lines (| or >), spaces at the beginning would be its indentation.
    if (typeof value === 'string' && /^\s/.test(value)) old.type = 'QUOTE_DOUBLE';
    return;
  }
  if (isMap(old) && old.items.length > 0 && isRecord(value)) {
    for (const key of keysOf(old)) if (!Object.hasOwn(value, key)) old.delete(key);
    for (const [key, inner] of Object.entries(value)) setValue(document, [...path, key], inner, schema);
    return;
  }
  if (isSeq(old) && old.items.length > 0 && Array.isArray(value)) {
    setItems(document, old, value);
    return;
  }
  const next = document.createNode(value) as Node;
  if (isNode(old)) {
    next.commentBefore = old.commentBefore ?? null;
    next.comment = old.comment ?? null;
    next.spaceBefore = old.spaceBefore ?? false;
  }
  if (isCollection(next)) next.flow = isSeq(next) && isShort(value);
  put(document, path, next, schema);
}

const isRecord = (value: JsonValue): value is Readonly<Record<string, JsonValue>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Items that stay keep their nodes; of those that change, comments go with what they are about. */
function setItems(document: Document, list: YAMLSeq, value: readonly JsonValue[]): void {
  const textOf = (item: unknown): string => canonicalJson(item as JsonValue);
  const before = list.items.map((item) => textOf(isNode(item) ? item.toJS(document) : item));
  const old = list.items.values();
  let at = 0;
  const items: unknown[] = [];
  for (const { added, removed, count } of diffArrays(before, value.map(textOf))) {
    for (let each = 0; each < count; each += 1) {
      if (added) items.push(document.createNode(value[at]));
      else {
        const kept: unknown = old.next().value;
        if (!removed) items.push(kept);
      }
      if (!removed) at += 1;
    }
  }
  list.items.splice(0, list.items.length, ...items);
}

/** Lists of a few words read better on one line. */
function isShort(value: JsonValue): boolean {
  if (!Array.isArray(value)) return false;
  return value.every((item) => typeof item === 'string') && value.join(', ').length <= 60;
}

/** Sets a value; missing mappings on the way to it are created, and a new key is placed in the schema's order. */
function put(document: Document, path: DocumentPath, node: Node, schema: SchemaNode): void {
  const parent = path.slice(0, -1);
  const key = path.at(-1);
  if (parent.length > 0 && !isCollection(document.getIn(parent, true))) {
    put(document, parent, document.createNode({}), schema);
  }
  const container = parent.length === 0 ? document.contents : document.getIn(parent, true);
  const known = isMap(container) && typeof key === 'string' && container.has(key);
  document.setIn(path, node);
  if (isMap(container) && typeof key === 'string' && !known)
    moveIntoPlace(container, key, keyOrder(schema, parent, saidIn(document)));
}

const saidIn =
  (document: Document): Said =>
  (path, key) => {
    const value = document.getIn([...path, key]);
    return typeof value === 'string' ? value : null;
  };

const nameOf = (pair: YAMLMap['items'][number]): string =>
  isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
const keysOf = (map: YAMLMap): readonly string[] => map.items.map(nameOf);

function moveIntoPlace(map: YAMLMap, key: string, order: readonly string[]): void {
  const rank = (name: string): number => {
    const found = order.indexOf(name);
    return found === -1 ? order.length : found;
  };
  const from = map.items.findIndex((item) => nameOf(item) === key);
  const [pair] = map.items.splice(from, 1);
  if (pair === undefined) return;
  const to = map.items.findIndex((item) => rank(nameOf(item)) > rank(key));
  map.items.splice(to === -1 ? map.items.length : to, 0, pair);
}

function remove(document: Document, path: DocumentPath): void {
  if (!document.hasIn(path)) return;
  document.deleteIn(path);
  const parent = path.slice(0, -1);
  const container = parent.length === 0 ? null : document.getIn(parent, true);
  if (isCollection(container) && container.items.length === 0) remove(document, parent);
}
