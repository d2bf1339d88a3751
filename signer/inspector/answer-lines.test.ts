import { describe, expect, test } from 'vitest';
import { answerLines, AnswerReader } from './answer-lines.ts';

const records = (count: number) =>
  Array.from({ length: count }, (_none, index) => ({ path: ['folder', `file ${index}`], facts: null }));
/** As the other side gets it. */
function read(lines: Iterable<string>, reader = new AnswerReader()): unknown {
  const answers = [...lines].flatMap((line) => reader.read(line) ?? []);
  expect(answers).toHaveLength(1);
  return answers[0]?.answer;
}

describe('an answer with long lists', () => {
  const answer = {
    ok: true,
    result: { sha256: 'a', tree: records(50), leaves: records(40_000), inside: records(51) },
  };

  test('arrives as it was, in lines of some dozen KiB', () => {
    const lines = [...answerLines(answer)];
    expect(lines.length).toBeGreaterThan(20);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(66_000);
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
    expect(read(lines)).toEqual(answer);
  });

  test('may have records longer than a line', () => {
    const long = {
      ok: true,
      result: { follows: records(60).map((record) => ({ ...record, text: 'x'.repeat(70_000) })) },
    };
    const lines = [...answerLines(long)];
    expect(lines).toHaveLength(61);
    expect(read(lines)).toEqual(long);
  });

  test('leaves nothing for the next one', () => {
    const reader = new AnswerReader();
    expect(read(answerLines(answer), reader)).toEqual(answer);
    expect(read(answerLines({ ok: true, result: { leaves: [] } }), reader)).toEqual({
      ok: true,
      result: { leaves: [] },
    });
  });
});

test.each([
  { ok: true, result: 1 },
  { ok: false, code: 'INPUT', message: 'x' },
  { ok: true, result: null },
])('an answer without lists is one line: %j', (answer) => {
  const lines = [...answerLines(answer)];
  expect(lines).toHaveLength(1);
  expect(read(lines)).toEqual(answer);
});

test.each([
  ['of no list', '{"part":"leaves","items":7}'],
  ['of a list without a name', '{"part":7,"items":[]}'],
  ['of a prototype', '{"part":"__proto__","items":[]}'],
  ['with more in it', '{"part":"leaves","items":[],"ok":true}'],
])('a part %s is none', (_what, line) => {
  expect(() => new AnswerReader().read(line)).toThrow('a part of a list that is none');
});

test.each([
  ['without a result', '{"ok":true}'],
  ['that is no object', '7'],
  ['without the list', '{"ok":true,"result":{}}'],
  ['with something in the list', '{"ok":true,"result":{"leaves":[1]}}'],
  ['with something else there', '{"ok":true,"result":{"leaves":7}}'],
])('parts before an answer %s are none of it', (_what, line) => {
  const reader = new AnswerReader();
  expect(reader.read('{"part":"leaves","items":[2]}')).toBeNull();
  expect(() => reader.read(line)).toThrow('parts of a list that the answer hasn’t');
});
