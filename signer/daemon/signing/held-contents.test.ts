import { expect, test } from 'vitest';
import { hold } from './held-contents.ts';

test('what is to be signed of all files of a pass is bounded', () => {
  const [one, other] = [{}, {}];
  const content = { length: 100 * 1024 * 1024 } as Uint8Array;
  for (const evidence of [one, one, other]) hold(evidence, { content });
  expect(() => hold(one, { content })).toThrow('over 268435456 bytes');
});
