/** Members of a JSON value, one row each, as its schema has them. */
type Node = Readonly<Record<string, unknown>>;
type Resolve = (value: unknown) => Node;

export interface Row {
  /** From the outside in: `trace.passes[].steps`. */
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly text: string;
}

/** Deeper ones are told by the description itself. */
const depthMax = 4;

export function rowsOf(schema: unknown, resolve: Resolve, prefix = '', depth = 0): readonly Row[] {
  const node = resolve(schema);
  const parts = listOf(node['allOf']);
  const rows = parts.flatMap((part) => rowsOf(part, resolve, prefix, depth));
  if (depth >= depthMax) return rows;
  if (node['items'] !== undefined)
    return [...rows, ...rowsOf(node['items'], resolve, `${prefix}[]`, depth + 1)];
  const required = new Set(listOf(node['required']));
  const members = Object.entries((node['properties'] ?? {}) as Node).flatMap(([name, member]) => {
    const value = resolve(member);
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const { description } = value;
    const own = {
      path,
      type: typeOf(value, resolve),
      isRequired: required.has(name),
      text: typeof description === 'string' ? description : '',
    };
    return [own, ...rowsOf(inner(value, resolve), resolve, path, depth + 1)];
  });
  return [...rows, ...members];
}

/** Of an optional value, what it is where it is there. */
function inner(value: Node, resolve: Resolve): unknown {
  const choices = listOf(value['oneOf']).map((choice) => resolve(choice));
  return choices.find(({ properties }) => properties !== undefined) ?? value;
}

/** In a few words. */
export function typeOf(node: Node, resolve: Resolve): string {
  if (node['const'] !== undefined) return JSON.stringify(node['const']);
  const values = listOf(node['enum']);
  if (values.length > 0) return values.map((value) => String(value)).join(' | ');
  const choices = [...listOf(node['oneOf']), ...listOf(node['anyOf'])];
  if (choices.length > 0) return choices.map((choice) => typeOf(resolve(choice), resolve)).join(' | ');
  const format = typeof node['format'] === 'string' ? ` (${node['format']})` : '';
  const types = listOf(node['type']);
  if (types.length > 0) return `${types.join(' | ')}${format}`;
  if (node['type'] === 'array') return `array of ${typeOf(resolve(node['items']), resolve)}`;
  return typeof node['type'] === 'string' ? `${node['type']}${format}` : 'object';
}

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : [];
