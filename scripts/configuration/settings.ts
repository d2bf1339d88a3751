/** A parser's schema → its keys with their words, types, bounds and defaults. Pure. */
import { z } from 'zod';
import { pathsAsWritten, wordsOf, type KeyWords } from '../../lib/host/configuration/index.ts';
import type { ConfiguredProcess } from './processes.ts';

/** A value's kind, as the reference says it. */
export interface Setting {
  readonly name: string;
  readonly words: KeyWords;
  readonly isRequired: boolean;
  readonly type: string;
  readonly bounds: string;
  /** undefined: no constant. */
  readonly fallback: unknown;
  /** Keys below it. More than one list: alternatives. */
  readonly below: readonly (readonly Setting[])[];
  readonly isList: boolean;
}

interface Node {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly additionalProperties?: Node | boolean;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** Number of the words of its key. */
  readonly key?: number;
  /** What its form is called in refusals. */
  readonly form?: string;
}

export function settingsOf({ name, schema }: ConfiguredProcess): readonly Setting[] {
  const words: KeyWords[] = [];
  const root = z.toJSONSchema(schema(pathsAsWritten), {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const found = wordsOf(zodSchema);
      if (found !== null) jsonSchema['key'] = words.push(found) - 1;
      const form = formOf(zodSchema);
      if (form !== null) jsonSchema['form'] = form;
    },
  }) as Node;
  return settingsIn(root, words, name);
}

/** What the schema's own checks say that they want. */
function formOf(schema: z.core.$ZodType): string | null {
  const said = (schema._zod.def.checks ?? []).flatMap((check) => {
    const message = check._zod.def.error?.({} as never);
    return typeof message === 'string' ? [message] : [];
  });
  return said.length === 0 ? null : said.join('; ');
}

function settingsIn(node: Node, words: readonly KeyWords[], path: string): readonly Setting[] {
  return Object.entries(node.properties ?? {}).map(([name, member]) => {
    const at = `${path}.${name}`;
    const own = member.key === undefined ? undefined : words[member.key];
    if (own === undefined) throw new TypeError(`${at} has no words: make it with key()`);
    const nullable = member.anyOf?.filter(({ type }) => type !== 'null') ?? [];
    const value = nullable.length === 1 ? { ...member, ...nullable[0] } : member;
    return {
      name,
      words: own,
      isRequired: node.required?.includes(name) === true,
      type: own.names === undefined || own.names === 'credential' ? typeOf(value) : pathType(value),
      bounds: boundsOf(value),
      fallback: member.default,
      below: objectsIn(value).map((object) => settingsIn(object, words, at)),
      isList: value.type === 'array',
    };
  });
}

/** The objects that the value, or a member of a list of it, may be. A list beside the one object says nothing new. */
function objectsIn(node: Node): readonly Node[] {
  if (node.properties !== undefined) return [node];
  if (node.type === 'array') return node.items === undefined ? [] : objectsIn(node.items);
  const options = node.anyOf ?? [];
  const direct = options.flatMap((option) => (option.type === 'array' ? [] : objectsIn(option)));
  return direct.length > 0 ? direct : options.flatMap(objectsIn);
}

function pathType(node: Node): string {
  if (node.anyOf?.some(({ properties }) => properties !== undefined) === true) return 'path or keys';
  return node.type === 'array' ? 'list: path' : 'path';
}

function typeOf(node: Node): string {
  if (node.enum !== undefined) return node.enum.map(code).join(', ');
  if ('const' in node) return code(node.const);
  if (node.anyOf !== undefined) {
    const kinds = [...new Set(node.anyOf.map(typeOf))];
    return kinds.length === 1 ? (kinds[0] ?? '') : kinds.join(' or ');
  }
  switch (node.type) {
    case 'array':
      return `list: ${node.items === undefined ? 'anything' : typeOf(node.items)}`;
    case 'object':
      return node.properties === undefined ? 'names and texts' : 'keys';
    case 'string':
      return 'text';
    case 'integer':
      return 'whole number';
    case 'boolean':
      return '`true`, `false`';
    default:
      return node.type ?? 'text';
  }
}

/** What every path has to be. */
const anyPath = 'a path without NUL';

/** Of an integer without bounds, zod's own: what JavaScript counts exactly. */
const isSaid = (bound: number | undefined): bound is number =>
  bound !== undefined && Math.abs(bound) !== Number.MAX_SAFE_INTEGER;

function boundsOf(node: Node): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, minItems, maxItems, form } = node;
  const said: string[] = [];
  if (isSaid(exclusiveMinimum)) said.push(`more than ${exclusiveMinimum}`);
  if (isSaid(exclusiveMaximum)) said.push(`less than ${exclusiveMaximum}`);
  if (isSaid(minimum)) said.push(`at least ${minimum}`);
  if (isSaid(maximum)) said.push(`at most ${maximum}`);
  if (minItems !== undefined) said.push(`at least ${minItems} of them`);
  if (maxItems !== undefined) said.push(`at most ${maxItems} of them`);
  if (node.type === 'string' && node.maxLength !== undefined && form === undefined)
    said.push(`at most ${node.maxLength} characters`);
  const forms = [form, node.type === 'array' ? node.items?.form : undefined];
  said.push(...forms.filter((one) => one !== undefined && one !== anyPath).map(String));
  return said.join('; ');
}

export const code = (value: unknown): string =>
  `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

const units: readonly (readonly [end: RegExp, unit: string])[] = [
  [/Milliseconds$/, 'milliseconds'],
  [/Bytes(?:Max|Min)?$/, 'bytes'],
  [/Mebibytes$/, 'mebibytes'],
  [/Seconds$/, 'seconds'],
  [/Hours$/, 'hours'],
  [/Days$/, 'days'],
  [/Months$/, 'months'],
  [/Years$/, 'years'],
  [/Bits$/, 'bits'],
];

/** What a number counts: '' for what has no unit; null: nobody said. */
export function unitOf({ name, type, words }: Setting): string | null {
  if (!type.includes('number')) return '';
  if (words.unit !== undefined) return words.unit === 'count' ? '' : words.unit;
  return units.find(([end]) => end.test(name))?.[1] ?? null;
}
