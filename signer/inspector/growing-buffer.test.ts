import { expect, test } from 'vitest';
import { GrowingBuffer } from './growing-buffer.ts';

test('what comes in pieces of any size is put together, and taken once', () => {
  const buffer = new GrowingBuffer();
  expect(buffer.take().toString()).toBe('');
  for (const piece of ['{"a', '":', `"${'b'.repeat(5000)}"`, '', '}\n']) buffer.add(Buffer.from(piece));
  const first = buffer.take();
  buffer.add(Buffer.from('2\n'));
  expect(buffer.take().toString()).toBe('2\n');
  expect(first.toString()).toBe(`{"a":"${'b'.repeat(5000)}"}\n`);
});

test('nothing of what comes a byte at a time is kept but the bytes', () => {
  const buffer = new GrowingBuffer();
  const piece = new Uint8Array(1);
  for (let at = 0; at < 3000; at += 1) buffer.add(piece.fill(0x61 + (at % 26)));
  expect(buffer.take().toString()).toBe('abcdefghijklmnopqrstuvwxyz'.repeat(116).slice(0, 3000));
});
