import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { lacksTools } from '../../../../dev/test/lacks.ts';
import { ArchiveError, defaultUnpackLimits, UnpackBudget, type UnpackLimits } from '../archive/index.ts';
import { collect } from '../archive/stream.fixture.ts';
import { memorySource } from '../random-access.ts';
import { readStream } from './read-stream.ts';

type Format = 'xz' | 'bzip2';

const bytesMax = 1 << 28;
function pack(format: Format, content: Uint8Array, ...options: readonly string[]): Buffer {
  const { stdout, status } = spawnSync(format, ['-c', ...options], { input: content, maxBuffer: bytesMax });
  if (status !== 0) throw new Error(`${format} ${options.join(' ')} failed`);
  return stdout;
}
/** As the program itself unpacks it; null: it complains. */
function judge(format: Format, packed: Uint8Array): Buffer | null {
  const { stdout, stderr, status } = spawnSync(format, ['-dc'], { input: packed, maxBuffer: bytesMax });
  // bzip2 says of what follows that it passes over it, and ends well.
  return status === 0 && stderr.length === 0 ? stdout : null;
}
async function read(format: Format, packed: Uint8Array, limits: UnpackLimits = defaultUnpackLimits) {
  for await (const { content } of readStream(format, memorySource(packed), new UnpackBudget(limits)))
    return Buffer.from(await collect(content));
  throw new Error('no file inside');
}
/** null: refused, with an error that explains itself. */
async function tried(format: Format, packed: Uint8Array): Promise<Buffer | null> {
  try {
    return await read(format, packed);
  } catch (error) {
    expect(error).toBeInstanceOf(ArchiveError);
    return null;
  }
}
/** The same bytes each time. */
function noise(seed: string, size: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(size / 32) }, (_none, at) =>
    createHash('sha256').update(`${seed} ${at}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, size);
}
const numberOf = (seed: string, below: number): number => noise(seed, 4).readUInt32LE(0) % below;

const words = Buffer.from(Array.from({ length: 60_000 }, (_none, at) => `word ${(at * at) % 977} `).join(''));
const contents: readonly (readonly [string, Buffer])[] = [
  ['nothing', Buffer.alloc(0)],
  ['one byte', Buffer.from('a')],
  ['four equal bytes', Buffer.from('aaaa')],
  ['runs of all lengths', Buffer.concat(Array.from({ length: 600 }, (_none, at) => Buffer.alloc(at, at)))],
  ['zeros', Buffer.alloc(3_000_000)],
  ['noise', noise('plain', 300_000)],
  ['words', words],
  ['a program and noise in turn', Buffer.concat([words, noise('a', 100_000), words, noise('b', 70_000)])],
];

describe.skipIf(lacksTools('xz', 'bzip2')).each([
  ['xz', ['-0', '-6', '-9e', '--check=crc32', '--check=sha256', '--block-size=100000', '-T2']],
  ['xz', ['--lzma2=lc=0,lp=4,pb=0', '--lzma2=lc=4,lp=0,pb=4', '--lzma2=dict=4KiB,mf=hc3,nice=5']],
  ['bzip2', ['-1', '-5', '-9']],
] as const)('what %s packs with %j', (format, options) => {
  test.each(contents)('is read whole: %s', async (_what, content) => {
    for (const option of options) {
      expect((await read(format, pack(format, content, option))).equals(content), option).toBe(true);
    }
  });
});

describe.skipIf(lacksTools('xz', 'bzip2')).each<Format>(['xz', 'bzip2'])('a file of %s', (format) => {
  const [first, second] = [Buffer.from('first\n'.repeat(20)), noise('second', 500)];
  const packed = pack(format, first);
  const many = Buffer.concat([packed, pack(format, second), pack(format, Buffer.alloc(0)), packed]);

  test('of several streams is read whole, as the program reads it', async () => {
    const content = Buffer.concat([first, second, first]);
    expect(judge(format, many)?.equals(content)).toBe(true);
    expect((await read(format, many)).equals(content)).toBe(true);
  });

  test('that is cut off anywhere is refused', async () => {
    const whole = new Set([packed.length, many.length - packed.length]);
    for (let size = 0; size < many.length; size += 1) {
      const content = await tried(format, many.subarray(0, size));
      // Where a stream ends the file may end as well.
      if (content !== null)
        expect(judge(format, many.subarray(0, size))?.equals(content), `${size}`).toBe(true);
      if (!whole.has(size) && size < packed.length) expect(content, `${size}`).toBeNull();
    }
  });

  test.each([
    ['a byte', Buffer.from('x')],
    ['a zip archive', Buffer.from('PK\x03\x04 and so on', 'latin1')],
    ['the beginning of another stream', packed.subarray(0, 6)],
    ['zeros that no stream is padded with', Buffer.alloc(3)],
    ['text by four', Buffer.from('more')],
    ['as much text as a header has', Buffer.from('twelve bytes')],
  ])('with %s behind it is refused', async (_what, more) => {
    await expect(read(format, Buffer.concat([packed, more]))).rejects.toThrow(ArchiveError);
  });

  test('that was changed is refused, or yields what the program yields', async () => {
    let accepted = 0;
    for (let at = 0; at < 600; at += 1) {
      const changed = Buffer.from(many);
      const place = numberOf(`place ${at}`, changed.length);
      changed[place] = (changed[place] ?? 0) ^ (1 << numberOf(`bit ${at}`, 8));
      const content = await tried(format, changed);
      if (content === null) continue;
      accepted += 1;
      expect(judge(format, changed)?.equals(content), `byte ${place}`).toBe(true);
    }
    expect(accepted).toBeLessThan(10);
  });

  test('that is a bomb is refused after megabytes', async () => {
    const bomb = pack(format, Buffer.alloc(60_000_000));
    const limits = { ...defaultUnpackLimits, ratioFloorBytes: 1024 * 1024 };
    // The length alone: where nothing stops it, megabytes would be in the message.
    const size = async (most: UnpackLimits) => (await read(format, bomb, most)).length;
    await expect(size(limits)).rejects.toMatchObject({ code: 'LIMIT_RATIO' });
    const sized = { ...defaultUnpackLimits, ratioMax: 1e9, entrySizeBytesMax: 5_000_000 };
    await expect(size(sized)).rejects.toMatchObject({ code: 'LIMIT_ENTRY_SIZE' });
  });

  test('is refused if it states one thing twice and differently', async () => {
    const other = pack(format, Buffer.from('other\n'.repeat(20)));
    const cut = format === 'xz' ? 28 : 10;
    const mixed = Buffer.concat([packed.subarray(0, -cut), other.subarray(-cut)]);
    if (!mixed.equals(packed)) await expect(read(format, mixed)).rejects.toThrow(ArchiveError);
  });
});

describe.skipIf(lacksTools('xz'))('an xz file', () => {
  const content = Buffer.from('content\n'.repeat(50));
  const packed = pack('xz', content);

  test('may be padded with zeros in groups of four, as xz accepts', async () => {
    const padded = Buffer.concat([packed, Buffer.alloc(8), packed, Buffer.alloc(4)]);
    expect(judge('xz', padded)?.length).toBe(2 * content.length);
    expect(await read('xz', padded)).toHaveLength(2 * content.length);
  });

  test.each([
    ['without a checksum', ['--check=none'], /no known checksum/],
    ['with a filter for programs', ['--x86', '--lzma2'], /filter/],
    ['with a filter for numbers', ['--delta=dist=4', '--lzma2'], /filter/],
    ['with a dictionary beyond 64 MiB', ['--lzma2=dict=128MiB'], /67108864 is the limit/],
  ])('%s is refused, and says so', async (_what, options, message) => {
    await expect(read('xz', pack('xz', content, ...options))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringMatching(message) as string,
    });
  });

  test('whose blocks, or index, or end are another’s is refused', async () => {
    const other = pack('xz', Buffer.concat([content, content]));
    for (let size = 12; size < packed.length; size += 4) {
      const mixed = Buffer.concat([packed.subarray(0, size), other.subarray(-(packed.length - size))]);
      if (mixed.equals(packed)) continue;
      const seen = await tried('xz', mixed);
      expect(seen === null || judge('xz', mixed)?.equals(seen) === true, `${size}`).toBe(true);
    }
  });
});
