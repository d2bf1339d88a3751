import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { schemas } from '../generated/index.ts';
import type { Kind } from '../generated/index.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'schemas');

interface Part {
  readonly $ref?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Part>>;
  readonly additionalProperties?: boolean;
  readonly type?: string;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly $defs?: Readonly<Record<string, Part>>;
  readonly items?: Part;
}

/** The root, its definitions and all that they hold, with their places; not the conditions under if and then. */
function parts(part: Part, place: string): readonly (readonly [string, Part])[] {
  const inner = {
    ...part.properties,
    ...part.$defs,
    ...(part.items === undefined ? {} : { items: part.items }),
  };
  return [[place, part], ...Object.entries(inner).flatMap(([name, one]) => parts(one, `${place}/${name}`))];
}

describe.each(Object.keys(schemas) as Kind[])('schema of %s', (kind) => {
  const all = parts(schemas[kind], kind);

  test('describes every key, so that editors can', () => {
    const bare = all.filter(([, part]) => part.description === undefined && part.$ref === undefined);
    expect(bare.filter(([place]) => !place.endsWith('/items')).map(([place]) => place)).toEqual([]);
  });

  test('allows no unknown keys', () => {
    const open = all.filter(
      ([, part]) => part.properties !== undefined && part.additionalProperties !== false,
    );
    expect(open.map(([place]) => place)).toEqual([]);
  });

  test('bounds every list and every text', () => {
    const bound = { array: 'maxItems', string: 'maxLength' } as const;
    const unbounded = all.filter(
      ([, { type, ...part }]) => (type === 'array' || type === 'string') && part[bound[type]] === undefined,
    );
    expect(unbounded.map(([place]) => place)).toEqual([]);
  });
});

test('the embedded schemas are those in schemas/', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.schema.json'));
  const byId = new Map(Object.values(schemas).map((schema) => [(schema as { $id: string }).$id, schema]));
  expect(byId.size).toBe(files.length);
  for (const name of files) {
    const schema: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    expect(byId.get(`https://countersign.example/schemas/${name}`)).toEqual(schema);
  }
});
