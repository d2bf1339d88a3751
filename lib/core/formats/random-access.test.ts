import { expect, test } from 'vitest';
import fc from 'fast-check';
import { chunkBytes, lentChunks, memorySource, type RandomAccessSource } from './random-access.ts';

const bytesOf = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 9)) & 0xff);

/** As a file is read: into whatever memory is given. */
const fileOf = (bytes: Uint8Array, size = bytes.length): RandomAccessSource => ({
  size,
  read: (offset, length) => Promise.resolve(Uint8Array.from(bytes.subarray(offset, offset + length))),
  readInto(target, offset) {
    target.set(bytes.subarray(offset, offset + target.length));
    return Promise.resolve();
  },
});

const withoutMemory = (source: RandomAccessSource): RandomAccessSource => ({
  size: source.size,
  read: (offset, length) => source.read(offset, length),
});

test('lent pieces are the bytes of the range, whatever the source can do, and whoever writes to them', async () => {
  const bytes = bytesOf(2 * chunkBytes + 123);
  const before = Uint8Array.from(bytes);
  const ends = fc.tuple(fc.nat(bytes.length), fc.nat(bytes.length));
  await fc.assert(
    fc.asyncProperty(ends, fc.constantFrom(fileOf, memorySource), async ([one, other], sourceOf) => {
      const [start, end] = [Math.min(one, other), Math.max(one, other)];
      for (const source of [sourceOf(bytes), withoutMemory(sourceOf(bytes))]) {
        const found = Buffer.alloc(end - start);
        let at = 0;
        for await (const chunk of lentChunks(source, start, end)) {
          found.set(chunk, at);
          at += chunk.length;
          chunk.fill(0xee);
        }
        expect([at, Buffer.compare(found, before.subarray(start, end))]).toEqual([end - start, 0]);
      }
    }),
    { numRuns: 20 },
  );
  expect(Buffer.compare(bytes, before)).toBe(0);
});

test('two who read at once get memory of their own, and what one leaves early is lent again', async () => {
  const [left, right] = [bytesOf(3 * chunkBytes), bytesOf(3 * chunkBytes).reverse()];
  const both = [lentChunks(fileOf(left), 0, left.length), lentChunks(fileOf(right), 0, right.length)];
  const first = await Promise.all(both.map((one) => one.next()));
  expect(Buffer.compare(first[0]?.value as Uint8Array, left.subarray(0, chunkBytes))).toBe(0);
  expect(Buffer.compare(first[1]?.value as Uint8Array, right.subarray(0, chunkBytes))).toBe(0);
  const memory = first.map(({ value }) => (value as Uint8Array).buffer);
  expect(new Set(memory).size).toBe(2);
  await Promise.all(both.map((one) => one.return(null)));
  const lent: unknown[] = [];
  for await (const chunk of lentChunks(fileOf(left), 0, left.length)) lent.push(chunk.buffer);
  expect(memory.some((one) => lent.includes(one))).toBe(true);
});

test('a source that ends early is an error, and so is a range outside of it', async () => {
  const read = async (source: RandomAccessSource, end: number): Promise<void> => {
    for await (const chunk of lentChunks(source, 0, end)) expect(chunk.length).toBeGreaterThan(0);
  };
  const shorter = withoutMemory(fileOf(bytesOf(10), 20));
  await expect(read(shorter, 20)).rejects.toMatchObject({ code: 'SHORT_READ' });
  for (const source of [fileOf(bytesOf(10)), memorySource(bytesOf(10))])
    await expect(read(source, 11)).rejects.toMatchObject({ code: 'OUT_OF_RANGE' });
});
