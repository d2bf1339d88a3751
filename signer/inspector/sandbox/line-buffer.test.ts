import { expect, test } from 'vitest';
import { LineBuffer } from './line-buffer.ts';

const text = (buffer: Uint8Array): string => Buffer.from(buffer).toString('latin1');

test('lines are put together from pieces of any size', () => {
  const line = new LineBuffer();
  line.add(Buffer.from('{"a'));
  line.add(Buffer.from('":'));
  line.add(Buffer.from(`"${'b'.repeat(5000)}"`));
  expect(text(line.endWith(Buffer.from('}\n')))).toBe(`{"a":"${'b'.repeat(5000)}"}\n`);
  expect(text(line.endWith(Buffer.from('2\n')))).toBe('2\n');
});

test('nothing of a line that comes a byte at a time is kept but its bytes', () => {
  const line = new LineBuffer();
  const chunk = new Uint8Array(1);
  for (let at = 0; at < 3000; at += 1) line.add(chunk.fill(0x61 + (at % 26)));
  const alphabet = 'abcdefghijklmnopqrstuvwxyz'.repeat(116).slice(0, 3000);
  expect(text(line.endWith(chunk.fill(0x0a)))).toBe(`${alphabet}\n`);
});
