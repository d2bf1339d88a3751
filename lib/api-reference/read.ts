import { parse } from 'yaml';
import { z } from 'zod';
import { rowsOf, typeOf, type Row } from './rows.ts';

export type { Row };

interface Parameter {
  readonly name: string;
  readonly place: string;
  readonly isRequired: boolean;
  readonly type: string;
  readonly text: string;
}

interface Response {
  readonly status: string;
  readonly text: string;
  readonly headers: readonly string[];
  /** Its content types. */
  readonly types: readonly string[];
  /** Members of what is answered, where it went well. */
  readonly rows: readonly Row[];
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly text: string;
  readonly needsToken: boolean;
  readonly parameters: readonly Parameter[];
  readonly body: { readonly types: readonly string[]; readonly rows: readonly Row[] } | null;
  readonly responses: readonly Response[];
}

interface Reference {
  readonly title: string;
  readonly version: string;
  readonly text: string;
  readonly groups: readonly {
    readonly name: string;
    readonly text: string;
    readonly operations: readonly Operation[];
  }[];
}

const open = z.record(z.string(), z.unknown());
type Node = z.infer<typeof open>;
const methods = ['get', 'head', 'put', 'post', 'patch', 'delete'] as const;

/** What a text of the document says, by its references resolved. */
export function readReference(text: string): Reference {
  const document = open.parse(parse(text));
  const resolved = (value: unknown, depth = 0): Node => {
    const { $ref, ...beside } = nodeOf(value);
    if (typeof $ref !== 'string' || depth > 20) return nodeOf(value);
    const found = $ref
      .slice(2)
      .split('/')
      .reduce<unknown>((at, step) => nodeOf(at)[step], document);
    return { ...resolved(found, depth + 1), ...beside };
  };

  const operations = Object.entries(nodeOf(document['paths'])).flatMap(([path, item]) => {
    const place = nodeOf(item);
    return methods.flatMap((method) => {
      const one = place[method];
      if (one === undefined) return [];
      const [tag] = listOf(nodeOf(one)['tags']);
      return [{ tag, operation: operationOf(method, path, place, nodeOf(one)) }];
    });
  });

  function operationOf(method: string, path: string, place: Node, one: Node): Operation {
    const body = nodeOf(resolved(one['requestBody']));
    const parameters = [...listOf(place['parameters']), ...listOf(one['parameters'])].map((each) =>
      resolved(each),
    );
    return {
      id: textOf(one['operationId']),
      method: method.toUpperCase(),
      path: `/api/v1${path}`,
      summary: textOf(one['summary']),
      text: textOf(one['description']),
      needsToken: one['security'] !== undefined,
      parameters: parameters.map((parameter) => ({
        name: textOf(parameter['name']),
        place: textOf(parameter['in']),
        isRequired: parameter['required'] === true,
        type: typeOf(resolved(parameter['schema']), resolved),
        text: textOf(parameter['description'] ?? resolved(parameter['schema'])['description']),
      })),
      body: one['requestBody'] === undefined ? null : contentOf(body['content']),
      responses: Object.entries(nodeOf(one['responses'])).map(([status, each]) => {
        const response = resolved(each);
        const content = contentOf(response['content']);
        return {
          status,
          text: textOf(response['description']),
          headers: Object.keys(nodeOf(response['headers'])),
          types: content.types,
          rows: status.startsWith('2') ? content.rows : [],
        };
      }),
    };
  }

  function contentOf(value: unknown): { readonly types: readonly string[]; readonly rows: readonly Row[] } {
    const content = nodeOf(value);
    const json = content['application/json'];
    const rows = json === undefined ? [] : rowsOf(nodeOf(json)['schema'], resolved);
    return { types: Object.keys(content), rows };
  }

  const info = nodeOf(document['info']);
  return {
    title: textOf(info['title']),
    version: textOf(info['version']),
    text: textOf(info['description']),
    groups: listOf(document['tags']).flatMap((tag) => {
      const { name, description } = nodeOf(tag);
      const own = operations.filter(({ tag: of }) => of === name).map(({ operation }) => operation);
      return own.length === 0 ? [] : [{ name: textOf(name), text: textOf(description), operations: own }];
    }),
  };
}

const nodeOf = (value: unknown): Node => {
  const read = open.safeParse(value);
  return read.success ? read.data : {};
};
const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : [];
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
