/** Which members of the described answers some case has shown with a value: of one that is always null or empty nothing was checked. */
import { operations, resolved, type Schema } from './document.ts';

type Node = Readonly<Record<string, unknown>>;
/** Deeper than any answer; what refers to itself ends there. */
const depthMax = 12;

function described(schema: unknown, path: string, depth: number, into: Set<string>): void {
  if (depth > depthMax || typeof schema !== 'object' || schema === null) return;
  const node = resolved(schema);
  for (const keyword of ['allOf', 'anyOf', 'oneOf'])
    for (const part of (node[keyword] as readonly Schema[] | undefined) ?? [])
      described(part, path, depth + 1, into);
  for (const [name, member] of Object.entries((node['properties'] as Node | undefined) ?? {})) {
    into.add(`${path}.${name}`);
    described(member, `${path}.${name}`, depth + 1, into);
  }
  if (node['items'] === undefined) return;
  into.add(`${path}[]`);
  described(node['items'], `${path}[]`, depth + 1, into);
}

function shown(value: unknown, path: string, into: Set<string>): void {
  if (value === null || value === undefined) return;
  into.add(path);
  if (Array.isArray(value)) for (const item of value as readonly unknown[]) shown(item, `${path}[]`, into);
  else if (typeof value === 'object')
    for (const [name, member] of Object.entries(value)) shown(member, `${path}.${name}`, into);
}

/** Of answers that went well, by operation → described members without a value in any of them; what is inside such a member isn't listed. */
export function neverShown(answers: readonly { readonly id: string; readonly body: unknown }[]): string[] {
  const all = new Set<string>();
  for (const { id, responses } of operations) {
    for (const [status, { content }] of Object.entries(responses))
      if (Number(status) < 300) described(content?.['application/json']?.schema, id, 0, all);
  }
  const seen = new Set<string>();
  for (const { id, body } of answers) shown(body, id, seen);
  const missing = [...all].filter((path) => !seen.has(path));
  const isInside = (path: string): boolean =>
    missing.some((outer) => path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`));
  return missing.filter((path) => !isInside(path)).toSorted();
}
