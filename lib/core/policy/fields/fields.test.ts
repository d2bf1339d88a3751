/** Each field of a policy file has a record, and each record a field: nothing is judged, shown or offered that isn't there. */
import { describe, expect, test } from 'vitest';
import { schemas, type Kind } from '../../generated/index.ts';
import { findField, policyFields } from './index.ts';

interface Node {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly oneOf?: readonly Node[];
  readonly const?: string;
  readonly $defs?: Readonly<Record<string, Node>>;
}

const kinds = Object.keys(policyFields) as Kind[];
/** Told by what surrounds a file, and the same in all. */
const ofEveryFile = ['apiVersion', 'kind'];

interface Place {
  readonly path: readonly string[];
  /** Below a union of providers' objects: whose. */
  readonly provider: string | null;
}

/** Every place in files of the kind, down to where a record stands for all that is below it. */
function* places(kind: Kind): Generator<Place> {
  const schema = schemas[kind] as Node;
  const resolve = (node: Node): Node =>
    node.$ref === undefined ? node : resolve(schema.$defs?.[node.$ref.split('/').at(-1) ?? ''] ?? {});
  const below = function* (given: Node, path: readonly string[], around: string | null): Generator<Place> {
    // Elements of artifact configurations nest in one another.
    if (path.length > 6) return;
    const node = resolve(given);
    const provider = node.properties?.['provider']?.const ?? around;
    for (const option of node.oneOf ?? []) yield* below(option, path, provider);
    if (node.items !== undefined) {
      yield { path: [...path, '*'], provider };
      yield* below(node.items, [...path, '*'], provider);
    }
    for (const [key, property] of Object.entries(node.properties ?? {})) {
      if (path.length === 0 && ofEveryFile.includes(key)) continue;
      yield { path: [...path, key], provider };
      yield* below(property, [...path, key], provider);
    }
  };
  yield* below(schema, [], null);
}

/** What tells members of a list apart, and what only holds others together, is judged by what is in it. */
const isNaming = (path: readonly string[]) => ['name', 'tool'].includes(path.at(-1) ?? '');

describe.each(kinds)('%s', (kind) => {
  const all = [...places(kind)];

  test('each field has a record', () => {
    const without = all.filter(
      ({ path, provider }) =>
        !(path.length > 1 && isNaming(path)) && findField(kind, path, provider) === undefined,
    );
    expect(without.map(({ path }) => path.join('.'))).toEqual([]);
  });

  test('each record has a field', () => {
    const known = new Set(all.map(({ path, provider }) => [...path, provider].join(' ')));
    const own = policyFields[kind].map(({ path, provider = null }) => [path, provider].join(' '));
    expect(own.filter((path) => !path.includes('*') && !known.has(path))).toEqual([]);
    expect(new Set(own).size).toBe(own.length);
  });
});

test('every field of a signing policy states its schema, except what is described once for two', () => {
  const without = policyFields.SigningPolicy.filter(
    ({ path, schema }) => schema === undefined && !path.includes('*') && !path.includes('Rulesets '),
  );
  expect(without.map(({ path }) => path)).toEqual([]);
});

test('a field of one provider’s origins isn’t one of another’s', () => {
  expect(findField('SigningPolicy', ['origin', 'runner'], 'github')).toBeDefined();
  expect(findField('SigningPolicy', ['origin', 'runner'], 'another')).toBeUndefined();
  expect(findField('SigningPolicy', ['origin', 'runner'])).toBeUndefined();
});

test('every field of a signing policy is in the reference, or is part of one that is', () => {
  const documented = policyFields.SigningPolicy.filter(({ reference }) => reference !== undefined).map(
    ({ path }) => path,
  );
  const undocumented = policyFields.SigningPolicy.filter(
    ({ path }) => !documented.some((parent) => path === parent || path.startsWith(`${parent} `)),
  );
  expect(undocumented.map(({ path }) => path)).toEqual([]);
});

test('forms offer nothing twice', () => {
  for (const kind of kinds) {
    const labels = policyFields[kind].flatMap(({ form, provider }) =>
      form === undefined ? [] : [`${provider ?? ''} ${form.label}`],
    );
    expect(new Set(labels).size).toBe(labels.length);
  }
});
