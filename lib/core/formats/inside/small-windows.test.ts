/**
 * What only looks like a stream is told by its beginning: a file may have ten thousand such places. What is one may have many small
 * parts, each of which begins a decoder.
 */
import { deflateRawSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { defaultUnpackLimits, UnpackBudget } from '../archive/index.ts';
import { memorySource, type RandomAccessSource } from '../random-access.ts';
import { readStream, type StreamFormat } from './read-stream.ts';

const behind = Buffer.alloc(4 * 1024 * 1024, 7);

async function bytesReadOf(format: StreamFormat, begin: Buffer): Promise<number> {
  const source = memorySource(Buffer.concat([begin, behind]));
  let bytes = 0;
  const counted: RandomAccessSource = {
    size: source.size,
    read: (offset, length) => {
      bytes += length;
      return source.read(offset, length);
    },
  };
  const drain = async (): Promise<void> => {
    for await (const { content } of readStream(format, counted, new UnpackBudget(defaultUnpackLimits), true))
      for await (const _chunk of content);
  };
  await expect(drain()).rejects.toThrow();
  return bytes;
}

test.each([
  ['gzip', '1f8b080000000000000307'],
  ['zstd', '28b52ffd'],
  ['xz', 'fd377a585a000004e6d6b446'],
  ['bzip2', Buffer.from('BZh91AY&SY').toString('hex')],
] as const)(
  'what begins like %s and goes on otherwise is read for 64 KiB and little more',
  async (format, begin) => {
    expect(await bytesReadOf(format, Buffer.from(begin, 'hex'))).toBeLessThan(100 * 1024);
  },
);

test('so is what ends with a wrong checksum', async () => {
  const damaged = Buffer.concat([
    Buffer.from('1f8b0800000000000003', 'hex'),
    deflateRawSync('content'),
    Buffer.alloc(8, 1),
  ]);
  expect(await bytesReadOf('gzip', damaged)).toBeLessThan(100 * 1024);
});

describe('a file of many parts', () => {
  const xz = (body: string): Buffer => Buffer.from(`fd377a585a000004e6d6b446${body}`, 'hex');
  const parts: readonly (readonly [what: string, format: StreamFormat, one: Buffer])[] = [
    ['frames of Zstandard', 'zstd', zstdCompressSync('x')],
    [
      'streams of xz',
      'xz',
      xz('0200210116000000742fe5a3010000780000000045aeef83f8ee160a00011901a52c81cc1fb6f37d010000000004595a'),
    ],
    [
      'streams of bzip2',
      'bzip2',
      Buffer.from('425a6839314159265359774bb01400000000800040200021184682ee48a70a120ee9760280', 'hex'),
    ],
  ];
  const count = async (format: StreamFormat, bytes: Buffer, entryCountMax: number): Promise<number> => {
    let unpacked = 0;
    const budget = new UnpackBudget({ ...defaultUnpackLimits, entryCountMax });
    for await (const { content } of readStream(format, memorySource(bytes), budget))
      for await (const chunk of content) unpacked += chunk.length;
    return unpacked;
  };

  test.each(parts)('has as many %s as an archive may have entries', async (_what, format, one) => {
    const ten = Buffer.concat(Array.from({ length: 10 }, () => one));
    expect(await count(format, ten, 10)).toBe(10);
    await expect(count(format, ten, 9)).rejects.toMatchObject({ code: 'LIMIT_ENTRIES' });
  });

  test('so it is with the blocks of one stream of xz', async () => {
    // `printf xy | xz --block-size=1`
    const two = xz(
      '0200210116000000742fe5a3010000780000000045aeef83f8ee160a' +
        '0200210116000000742fe5a301000079000000002af1488046a238b9' +
        '000219011901000081c6d7c7b1c467fb020000000004595a',
    );
    expect(await count('xz', two, 2)).toBe(2);
    await expect(count('xz', two, 1)).rejects.toMatchObject({ code: 'LIMIT_ENTRIES' });
  });

  test.each(parts.slice(1))('of small %s needs memory for one', async (_what, format, one) => {
    const many = Buffer.concat(Array.from({ length: 10_000 }, () => one));
    const before = process.threadCpuUsage();
    expect(await count(format, many, 10_000)).toBe(10_000);
    const { user, system } = process.threadCpuUsage(before);
    // Milliseconds of each: with memory of its own it takes 0.7 and more.
    expect((user + system) / 1000 / 10_000).toBeLessThan(0.4);
  });
});
