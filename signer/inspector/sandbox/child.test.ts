/** How a child is listened to, whatever it is: here it is a line of script, without the sandbox. */
import { expect, test } from 'vitest';
import { defaultInspectorLimits, type InspectorLimits } from '../limits.ts';
import { startChild } from './child.ts';

/** Says these lines, each with its end, once it is asked. */
async function ask(script: string, limits: Partial<InspectorLimits> = {}): Promise<unknown> {
  const says = `process.stdin.once('data', () => { const say = (text) => process.stdout.write(text); ${script} })`;
  const child = startChild([process.execPath, '-e', says], { ...defaultInspectorLimits, ...limits });
  try {
    return await child.ask({});
  } finally {
    await child.end();
  }
}

const parts = (count: number): string =>
  `const part = JSON.stringify({ part: 'leaves', items: Array(100).fill('x'.repeat(600)) }) + '\\n';
   for (let n = 0; n < ${count}; n += 1) say(part);`;
const end = `say('{"ok":true,"result":{"leaves":[]}}\\n');`;

test('an answer of many lines is read in turns with everything else', async () => {
  let turns = 0;
  let isRead = false;
  const count = (): void => {
    turns += 1;
    if (!isRead) setImmediate(count);
  };
  const answer = ask(`${parts(200)} ${end}`).finally(() => (isRead = true));
  count();
  expect(await answer).toMatchObject({
    ok: true,
    result: { leaves: expect.objectContaining({ length: 20_000 }) as unknown },
  });
  // 12 MB, a turn at least for each quarter of one.
  expect(turns).toBeGreaterThan(45);
});

test.each([
  ['parts of a list that the answer hasn’t', `${parts(1)} say('{"ok":true}\\n')`, 'INSPECTOR_PROTOCOL'],
  ['a part that is none', `say('{"part":1}\\n'); ${end}`, 'INSPECTOR_PROTOCOL'],
  ['a part behind the answer', `say('{"ok":true}\\n{"part":"leaves","items":[]}\\n')`, 'INSPECTOR_PROTOCOL'],
  ['parts without an end', `${parts(1)} process.exitCode = 3; process.stdin.destroy()`, 'INSPECTOR_CRASHED'],
])('%s is no answer', async (_what, script, code) => {
  await expect(ask(script)).rejects.toMatchObject({ code });
});

test('errors without an end are no answer, and end the child', async () => {
  const script = `(function more() { process.stderr.write('x'.repeat(60_000), more); })()`;
  await expect(ask(script, { timeoutSeconds: 20 })).rejects.toMatchObject({ code: 'INSPECTOR_PROTOCOL' });
});

test('parts count towards the size of the answer', async () => {
  await expect(ask(`${parts(20)} ${end}`, { answerBytesMax: 1_000_000 })).rejects.toMatchObject({
    code: 'INSPECTOR_ANSWER_SIZE',
  });
});
