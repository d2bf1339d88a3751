/** What only looks like a stream is told by its beginning: a file may have ten thousand such places. */
import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
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
