import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { byMeantMember } from './schema-unions.ts';

const $id = 'https://countersign.example/two.json';
const member = (name: string, line: string, required: readonly string[]) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties: { provider: { const: name }, [line]: { type: 'string' }, refs: { $ref: '#/$defs/Refs' } },
});
const $defs = {
  Either: { type: 'object', oneOf: [{ $ref: '#/$defs/Old' }, { $ref: '#/$defs/New' }] },
  Old: member('old', 'workflow', ['workflow']),
  New: member('new', 'pipeline', ['provider', 'pipeline']),
  Refs: { type: 'array', items: { type: 'string' } },
  Untold: { oneOf: [{ type: 'string' }, { $ref: '#/$defs/Refs' }] },
};
const schema = {
  $id,
  type: 'object',
  properties: { origin: { $ref: '#/$defs/Either' }, untold: { $ref: '#/$defs/Untold' } },
  $defs,
};
const ajv = new Ajv2020({ strict: true, allErrors: true, verbose: true, discriminator: true });
const validate = ajv.compile(schema);

/** What is said of a document, as `place keyword`. */
function said(value: unknown): readonly string[] {
  if (validate(value)) return [];
  const errors = byMeantMember(validate.errors ?? [], schema, (ref, part) => {
    const one = ajv.getSchema(`${$id}${ref}`);
    return one?.(part) === false ? (one.errors ?? []) : [];
  });
  return errors.map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
}

describe('a union of objects that a constant tells apart', () => {
  test.each([
    ['nothing of a value of either', { origin: { provider: 'new', pipeline: 'x' } }, []],
    ['what is wrong by the member it names', { origin: { provider: 'new' } }, ['/origin required']],
    [
      'what is wrong by the one that needs no name, where it names none',
      { origin: { workflow: 1, pipeline: 'x' } },
      ['/origin additionalProperties', '/origin/workflow type'],
    ],
    [
      'what is wrong further below, once',
      { origin: { provider: 'new', pipeline: 'x', refs: ['a', 1] } },
      ['/origin/refs/1 type'],
    ],
    [
      'that no member has this name',
      { origin: { provider: 'else', workflow: 'x' } },
      ['/origin discriminator'],
    ],
    ['that it is no object', { origin: 'text' }, ['/origin type']],
    [
      'of a union without such a constant what ajv says',
      { untold: 1 },
      ['/untold type', '/untold type', '/untold oneOf'],
    ],
  ] as const)('says %s', (_what, value, expected) => {
    expect(said(value)).toEqual(expected);
  });
});
