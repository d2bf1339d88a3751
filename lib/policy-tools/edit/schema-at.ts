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

/** All forms a value may have: the node itself, and each of its alternatives. */
function alternatives(root: SchemaNode, node: SchemaNode): readonly SchemaNode[] {
  const open = [resolved(root, node)];
  const found: SchemaNode[] = [];
  while (open.length > 0 && found.length < 64) {
    const next = open.shift();
    if (next === undefined) break;
    found.push(next);
    for (const keyword of ['oneOf', 'anyOf', 'allOf']) {
      const list = next[keyword];
      if (Array.isArray(list))
        open.push(...list.filter(isNode).map((alternative) => resolved(root, alternative)));
    }
  }
  return found;
}

/** Every node that a path may lead to; empty: no schema covers it. */
export function nodesAt(root: SchemaNode, path: DocumentPath): readonly SchemaNode[] {
  let nodes = alternatives(root, root);
  for (const step of path) {
    nodes = nodes.flatMap((node) => {
      const next = typeof step === 'number' ? node['items'] : propertiesOf(node)[step];
      return isNode(next) ? alternatives(root, next) : [];
    });
    if (nodes.length > 64) nodes = nodes.slice(0, 64);
  }
  return nodes;
}

export function propertiesOf(node: SchemaNode): Readonly<Record<string, unknown>> {
  return isNode(node['properties']) ? node['properties'] : {};
}

/** Keys of the mapping at a path in the order of the schema. */
export function keyOrder(root: SchemaNode, path: DocumentPath): readonly string[] {
  return nodesAt(root, path).flatMap((node) => Object.keys(propertiesOf(node)));
}
