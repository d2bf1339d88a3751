import { isCollection, isMap, isNode, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Node, YAMLMap } from 'yaml';
import { schemas } from '#core/generated/index.ts';
import type { Kind } from '#core/generated/index.ts';
import type { JsonValue } from '#core/json/index.ts';
import { formatPolicyFile } from '#core/policy/index.ts';
import type { Diagnostic, DocumentPath } from '#core/policy/index.ts';
import { keyOrder } from './schema-at.ts';
import type { Said, SchemaNode } from './schema-at.ts';

export interface PolicyEdit {
  readonly path: DocumentPath;
  /** undefined: remove it, and whatever becomes empty as a result. */
  readonly value: JsonValue | undefined;
}

export type EditedFile =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * A policy file's text and edits → the new text. Comments are kept, keys keep their places, new ones follow the schema's
 * order; the layout is that of `countersign fmt`. Without edits the text is unchanged. Refuses text that
 * `fmt` refuses. Doesn't validate the result.
 */
export function editPolicyFile(
  file: { readonly path: string; readonly text: string; readonly kind: Kind },
  edits: readonly PolicyEdit[],
): EditedFile {
  const before = formatPolicyFile({ path: file.path, bytes: new TextEncoder().encode(file.text) });
  if (!before.ok) return before;
  if (edits.length === 0) return { ok: true, text: file.text };
  const document = parseDocument(file.text, { version: '1.2', schema: 'core', merge: false });
  for (const edit of edits) apply(document, edit, schemas[file.kind] as SchemaNode);
  const written = new TextEncoder().encode(document.toString({ lineWidth: 0 }));
  const after = formatPolicyFile({ path: file.path, bytes: written });
  return after.ok ? { ok: true, text: new TextDecoder().decode(after.bytes) } : after;
}

function apply(document: Document, { path, value }: PolicyEdit, schema: SchemaNode): void {
  if (value === undefined) {
    remove(document, path);
    return;
  }
  const old = document.getIn(path, true);
  // The scalar node is kept, with its quotes and the comment after it.
  if (isScalar(old) && (typeof value !== 'object' || value === null)) {
    const quoted = old.type === 'PLAIN' && typeof value === 'string';
    old.value = value;
    delete old.source;
    if (quoted) delete old.type;
    return;
  }
  const next = document.createNode(value) as Node;
  if (isNode(old)) {
    next.commentBefore = old.commentBefore ?? null;
    next.comment = old.comment ?? null;
    next.spaceBefore = old.spaceBefore ?? false;
  }
  if (isCollection(next)) {
    const wasFlow = isCollection(old) && old.flow === true;
    next.flow = isSeq(next) && (wasFlow || (!isCollection(old) && isShort(value)));
  }
  put(document, path, next, schema);
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

function moveIntoPlace(map: YAMLMap, key: string, order: readonly string[]): void {
  const rank = (name: string): number => {
    const found = order.indexOf(name);
    return found === -1 ? order.length : found;
  };
  const nameOf = (pair: (typeof map.items)[number]): string =>
    isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
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
