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

const inside = (file: string) => ({
  path: ['x!/y'],
  within: ['x'],
  inner: ['y'],
  file,
  sha256: digest,
  sizeBytes: 5,
  detected: 'data',
  covered: false,
});
const follows = (file: string) => ({
  path: ['x'],
  file,
  element: 1,
  sha256: digest,
  sizeBytes: 5,
  fields: [{ line: 1, label: 'sha256', of: ['y'], start: 0, end: 5 }],
});

test('a small file may be a piece of the one that holds them, of its own size', async () => {
  const names = ['00000001.leaf', 'small@7+5'];
  const more = { inside: names.map(inside), follows: [follows('00000001.leaf')] };
  expect(await parseInspectAnswer(answer([], more))).toMatchObject({ ok: true });
});

test.each([
  ['a piece of another size than is stated', answer([], { inside: [inside('small@7+4')] })],
  ['a piece of a file elsewhere', answer([], { inside: [inside('../small@7+5')] })],
  ['a piece of another file', answer([], { inside: [inside('artifact@7+5')] })],
  ['a list to be written anew that is a piece', answer([], { follows: [follows('small@7+5')] })],
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
