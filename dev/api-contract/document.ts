/** schemas/openapi.yaml as tests hold the routes to it: closed, so that what it doesn't name fails. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

export type Schema = Readonly<Record<string, unknown>>;

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}
interface Header {
  readonly required?: boolean;
  readonly schema: Schema;
}
interface Described {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Header>>;
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}
export interface Operation {
  readonly id: string;
  readonly method: string;
  /** As the document writes it: `/requests/{id}`. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Described['content'];
  /** By status. */
  readonly responses: Readonly<Record<string, Described>>;
}

type Node = Readonly<Record<string, unknown>>;
export const methods = ['get', 'head', 'put', 'post', 'delete', 'patch'] as const;

const document = parse(
  readFileSync(join(import.meta.dirname, '../../schemas/openapi.yaml'), 'utf8'),
) as Node & { readonly paths: Readonly<Record<string, Node>>; readonly components: Node };

/** Follows a reference; what stands beside it is said in place of what is there (OpenAPI 3.1, Reference Object). */
export function resolved(node: unknown): Node {
  const { $ref, ...beside } = node as Node & { readonly $ref?: string };
  if ($ref === undefined) return beside;
  const found = $ref
    .slice(2)
    .split('/')
    .reduce<unknown>((at, step) => (at as Node)[step], document);
  return { ...resolved(found), ...beside };
}

export const operations: readonly Operation[] = Object.entries(document.paths).flatMap(([path, item]) =>
  methods.flatMap((method) => {
    const one = item[method] as Node | undefined;
    if (one === undefined) return [];
    const parameters = [item, one].flatMap(
      (at) => (at['parameters'] as readonly unknown[] | undefined) ?? [],
    );
    const responses = Object.entries(one['responses'] as Node);
    return {
      id: String(one['operationId']),
      method: method.toUpperCase(),
      path,
      parameters: parameters.map((parameter) => resolved(parameter) as unknown as Parameter),
      body: (one['requestBody'] as { readonly content?: Described['content'] } | undefined)?.content,
      responses: Object.fromEntries(
        responses.map(([status, response]) => {
          const { headers = {}, ...rest } = resolved(response) as unknown as Described;
          const all = Object.entries(headers).map(([name, header]) => [
            name,
            resolved(header) as unknown as Header,
          ]);
          return [status, { ...rest, headers: Object.fromEntries(all) as Record<string, Header> }];
        }),
      ),
    };
  }),
);

/** Keywords whose schemas say more of the same value, and close nothing by themselves. */
const ofTheSame = ['allOf', 'anyOf', 'oneOf'];

/** A schema that refuses every member that it doesn't name; one that is open says so with `additionalProperties`. */
function closed(schema: unknown, isWhole = true): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return (schema as readonly unknown[]).map((item) => closed(item, isWhole));
  const members = Object.entries(schema as Node).map(([keyword, value]) => {
    if (keyword === 'properties') {
      return [
        keyword,
        Object.fromEntries(Object.entries(value as Node).map(([name, one]) => [name, closed(one)])),
      ];
    }
    if (keyword === 'items' || keyword === 'additionalProperties') return [keyword, closed(value)];
    return [keyword, ofTheSame.includes(keyword) ? closed(value, false) : value];
  });
  return { ...Object.fromEntries(members), ...(isWhole ? { unevaluatedProperties: false } : {}) };
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const ajv = new Ajv2020({
  strict: false,
  allErrors: true,
  formats: {
    uuid,
    'date-time': (text: string) => time.test(text) && !Number.isNaN(Date.parse(text)),
    uri: (text: string) => URL.canParse(text),
    'uri-reference': (text: string) => URL.canParse(text, 'https://a.example'),
    binary: true,
  },
});
const base = 'https://countersign.example/openapi';
const schemas = Object.entries((document.components as { readonly schemas: Node }).schemas);
ajv.addSchema({
  $id: base,
  components: { schemas: Object.fromEntries(schemas.map(([name, schema]) => [name, closed(schema, false)])) },
});

const compiled = new WeakMap<Schema, (value: unknown) => boolean>();

/** → what is wrong with the value; empty: it is as the document says. */
export function faultsOf(schema: Schema, value: unknown): readonly string[] {
  const known = compiled.get(schema);
  const validate = (known ?? ajv.compile(withBase(closed(schema)) as Schema)) as ReturnType<
    typeof ajv.compile
  >;
  compiled.set(schema, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
  );
}

/** References into the document, for a schema that was taken out of it. */
function withBase(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return (schema as readonly unknown[]).map(withBase);
  return Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [
      name,
      name === '$ref' && typeof value === 'string' ? `${base}${value}` : withBase(value),
    ]),
  );
}
