import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { UnpackBudget, defaultUnpackLimits } from '#core/formats/archive/index.ts';
import { memorySource } from '#core/formats/random-access.ts';
import { answerQuestions } from './answer-questions.ts';
import { openElsewhere } from './child/open-elsewhere.ts';
import { defaultInspectorLimits, unpackingsMax } from './limits.ts';
import type { Message, UnpackedMessage } from './messages.ts';
import type { InspectorChild } from './sandbox/child.ts';

let folder: string;
let work = '';
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'countersign-questions-')));
  work = join(folder, 'work');
  await mkdir(work);
  await writeFile(join(work, '00000001.leaf'), 'no archive');
  await writeFile(join(folder, 'outside'), 'no archive');
  await symlink(join(folder, 'outside'), join(work, '00000002.leaf'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const request = { operation: 'inspect' } as Message;
const question = (more: object = {}) => ({
  ok: 'unpack',
  question: { format: '7z', file: '00000001.leaf', filesMax: 10, bytesMax: 1000, ...more },
});

/** A child that says these one after another, the last for ever; and what it was told. */
function talk(says: readonly unknown[], timeoutSeconds = 60) {
  const told: unknown[] = [];
  const child: InspectorChild = {
    isOver: false,
    finish: () => Promise.resolve(),
    end: () => Promise.resolve(true),
    ask(message, _signal, seconds) {
      told.push(message);
      const isLate = seconds !== undefined && seconds <= 0;
      return isLate
        ? Promise.reject(new Error('late'))
        : Promise.resolve(says[told.length - 1] ?? says.at(-1));
    },
  };
  const limits = { ...defaultInspectorLimits, timeoutSeconds };
  const result = mkdtemp(join(folder, 'unpacked-')).then((unpacked) =>
    answerQuestions({ child, work, unpacked, limits, signal: undefined }, request),
  );
  return { told, result };
}

test('an operation that asks nothing is answered at once', async () => {
  const { told, result } = talk([{ ok: true, result: 1 }]);
  expect(await result).toEqual({ ok: true, result: 1 });
  expect(told).toEqual([request]);
});

test('an operation may ask for a file to be unpacked only so often', async () => {
  const gone = { ...question(), question: { ...question().question } };
  const { told, result } = talk([...Array.from({ length: unpackingsMax + 1 }, () => gone), { ok: true }]);
  // Whether this machine can unpack or not: the file is no archive.
  expect(await result).toEqual({ ok: true });
  const outcomes = told.slice(1).map((message) => (message as UnpackedMessage).outcome);
  expect(outcomes).toHaveLength(unpackingsMax + 1);
  expect(outcomes.every(({ ok }) => !ok)).toBe(true);
  expect(outcomes.at(-1)).toMatchObject({ issue: { code: 'LIMIT_ENTRIES' } });
}, 60_000);

test.each([
  ['a file outside its folder', question({ file: '../artifact' })],
  ['a file by another name', question({ file: 'x.7z' })],
  ['a link', question({ file: '00000002.leaf' })],
  ['a file that isn’t there', question({ file: '00000003.leaf' })],
  ['another format', question({ format: 'zip' })],
  ['more than it may', question({ more: 1 })],
  ['a number that is none', question({ filesMax: -1 })],
])('a question about %s ends the operation', async (what, asked) => {
  const { result } = talk([asked]);
  const { probeMachine } = await import('./unpackers/index.ts');
  const isMissing =
    (what === 'a link' || what.startsWith('a file that')) && (await probeMachine()).fence === null;
  // Where nothing can be unpacked, nothing is looked at.
  if (!isMissing) await expect(result).rejects.toMatchObject({ code: 'INSPECTOR_PROTOCOL' });
});

test('time runs on while files are unpacked', async () => {
  const { result } = talk([question(), { ok: true }], 0.000_001);
  await expect(result).rejects.toThrow('late');
});

test('what can’t be unpacked on this machine is said to be so, with the reason', async () => {
  const words = { ok: false, words: 'bubblewrap is not installed' };
  const opening = openElsewhere({
    elsewhere: {
      here: { nsis: words, '7z': words, inno: words },
      ask: () => Promise.reject(new Error('asked')),
    },
    folder: work,
    file: '00000001.leaf',
    source: memorySource(Buffer.from('7z\xbc\xaf\x27\x1c', 'latin1')),
    found: { format: '7z', start: 0, end: 6 },
    budget: new UnpackBudget(defaultUnpackLimits),
    opened: [],
    newFile: () => '00000009.leaf',
  });
  await expect(opening).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    message:
      'It is a 7z archive, which can’t be opened on the signer’s machine: bubblewrap is not installed.',
  });
});
