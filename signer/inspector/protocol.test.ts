/** Answers about very many files: held against the schema as all others, and beside the daemon’s other work. */
import { expect, test } from 'vitest';
import { parseInspectAnswer } from './protocol.ts';

const count = 2000;
const digest = 'a'.repeat(64);
const tree = (change: object = {}) =>
  Array.from({ length: count }, (_, at) => ({
    path: [`${at}.txt`],
    type: 'file',
    sizeBytes: at,
    sha256: digest,
    ...(at === count - 1 ? change : {}),
  }));
const answer = (files: unknown, more: object = {}) => ({
  ok: true,
  result: {
    sha256: digest,
    sizeBytes: 1,
    unpackedSizeBytes: 1,
    findings: [],
    tree: files,
    leaves: [],
    containers: [],
    inside: [],
    copies: [],
    signTargets: [],
    follows: [],
    ...more,
  },
});

test('other work is done while an answer of thousands of records is parsed', async () => {
  let turns = 0;
  const counted = (): void => {
    turns += 1;
    next = setImmediate(counted);
  };
  let next = setImmediate(counted);
  const parsed = await parseInspectAnswer(answer(tree()));
  clearImmediate(next);
  expect(turns).toBeGreaterThanOrEqual(7);
  expect(parsed).toEqual(answer(tree()));
});

test.each([
  ['a record that is none', answer(tree({ sha256: 'x' }))],
  ['a record with more in it', answer(tree({ more: 1 }))],
  ['something else than a list', answer('tree')],
  ['a list that isn’t known', answer(tree(), { others: tree() })],
  ['a list too few', answer(tree(), { leaves: undefined })],
  ['an answer with more in it', { ...answer(tree()), more: 1 }],
  ['no result', { ok: true, result: null }],
  ['nothing', null],
])('a long answer is refused that has %s', async (_what, value) => {
  await expect(parseInspectAnswer(value)).rejects.toMatchObject({ name: 'ZodError' });
});
