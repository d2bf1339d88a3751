/** Navigates a JSON Schema of this project: `$ref`s of the same file, properties, items, alternatives. */
import type { DocumentPath } from '#core/policy/index.ts';

export type SchemaNode = Readonly<Record<string, unknown>>;

const depthMax = 32;

const isNode = (value: unknown): value is SchemaNode =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A node with its `$ref` resolved; members beside the reference take precedence. */
function resolved(root: SchemaNode, node: SchemaNode): SchemaNode {
  let found = node;
  for (let depth = 0; depth < depthMax && typeof found['$ref'] === 'string'; depth += 1) {
    const { $ref, ...own } = found;
    let target: unknown = root;
    for (const step of $ref.replace(/^#\//, '').split('/')) {
      target = isNode(target) ? target[step] : undefined;
    }
    if (!isNode(target)) return own;
    found = { ...target, ...own };
  }
  return found;
}

/** What the document says by a key of the mapping at a path; null: it doesn't have the key; undefined: that isn't known. */
export type Said = (path: DocumentPath, key: string) => string | null | undefined;

const nothingKnown: Said = () => undefined;

/** All forms a value may have: the node itself, and each of its alternatives that what is said about it leaves. */
function alternatives(
  root: SchemaNode,
  node: SchemaNode,
  said: (key: string) => string | null | undefined,
): readonly SchemaNode[] {
  const open = [resolved(root, node)];
  const found: SchemaNode[] = [];
  while (open.length > 0 && found.length < 64) {
    const next = open.shift();
    if (next === undefined) break;
    found.push(next);
    for (const keyword of ['oneOf', 'anyOf', 'allOf']) {
      const list = next[keyword];
      if (!Array.isArray(list)) continue;
      const members = list.filter(isNode).map((alternative) => resolved(root, alternative));
      open.push(...(keyword === 'oneOf' ? meantAmong(members, said) : members));
    }
  }
  return found;
}

/** Of objects told apart by a constant, the ones that have the constant that is said, or don't ask for any where none is. */
function meantAmong(
  members: readonly SchemaNode[],
  said: (key: string) => string | null | undefined,
): readonly SchemaNode[] {
  const constantOf = (member: SchemaNode, key: string): unknown => {
    const property = propertiesOf(member)[key];
    return isNode(property) ? property['const'] : undefined;
  };
  const [first = {}] = members;
  const tag = Object.keys(propertiesOf(first)).find((key) =>
    members.every((member) => constantOf(member, key) !== undefined),
  );
  const value = tag === undefined ? undefined : said(tag);
  if (tag === undefined || value === undefined) return members;
  const asksFor = ({ required }: SchemaNode): boolean => Array.isArray(required) && required.includes(tag);
  const meant = members.filter((member) =>
    value === null ? !asksFor(member) : constantOf(member, tag) === value,
  );
  // What is being typed may be no constant yet.
  return meant.length === 0 ? members : meant;
}

/** Every node that a path may lead to; empty: no schema covers it. */
export function nodesAt(
  root: SchemaNode,
  path: DocumentPath,
  said: Said = nothingKnown,
): readonly SchemaNode[] {
  const saidAt = (length: number) => (key: string) => said(path.slice(0, length), key);
  let nodes = alternatives(root, root, saidAt(0));
  for (const [at, step] of path.entries()) {
    nodes = nodes.flatMap((node) => {
      const next = typeof step === 'number' ? node['items'] : propertiesOf(node)[step];
      return isNode(next) ? alternatives(root, next, saidAt(at + 1)) : [];
    });
    if (nodes.length > 64) nodes = nodes.slice(0, 64);
  }
  return nodes;
}

export function propertiesOf(node: SchemaNode): Readonly<Record<string, unknown>> {
  return isNode(node['properties']) ? node['properties'] : {};
}

/** Keys of the mapping at a path in the order of the schema. */
export function keyOrder(root: SchemaNode, path: DocumentPath, said: Said): readonly string[] {
  return nodesAt(root, path, said).flatMap((node) => Object.keys(propertiesOf(node)));
}
