import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { defaultUnpackLimits } from '../archive/index.ts';
import { collect, pieces } from '../archive/stream.fixture.ts';
import { memorySource } from '../random-access.ts';
import { readGzip, readGzipHeader, writeGzip } from './index.ts';

const unpack = (bytes: Uint8Array, limits = defaultUnpackLimits) =>
  collect(readGzip(memorySource(bytes), limits));
const content = Buffer.from('one line\n'.repeat(1000));
const packed = gzipSync(content);

function withHeader(flags: number, optional: Uint8Array): Buffer {
  const header = Buffer.from(packed.subarray(0, 10));
  header[3] = flags;
  return Buffer.concat([header, optional, packed.subarray(10)]);
}

describe('reading gzip', () => {
  test('returns the content, for any content', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
        expect((await unpack(gzipSync(bytes))).equals(bytes)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('returns content of many megabytes', async () => {
    const large = Buffer.alloc(9_000_000, 'abcdefghijklmnopqrstuvwxyz0123456789');
    expect((await unpack(gzipSync(large))).equals(large)).toBe(true);
  });

  test('reads name, comment and header checksum', async () => {
    const optional = Buffer.from('name.tar\0a comment\0');
    const bytes = withHeader(8 | 16, optional);
    expect((await unpack(bytes)).equals(content)).toBe(true);
    expect(await readGzipHeader(memorySource(bytes))).toEqual(
      Uint8Array.from(bytes.subarray(0, 10 + optional.length)),
    );
  });

  test.each([
    ['nothing', Buffer.alloc(0), 'WRONG_FORMAT'],
    ['another format', Buffer.from('PK\x03\x04 and so on, long enough'), 'WRONG_FORMAT'],
    ['a header alone', packed.subarray(0, 10), 'TRUNCATED'],
    ['half a header', packed.subarray(0, 5), 'TRUNCATED'],
    ['a cut-off body', packed.subarray(0, packed.length - 20), 'TRUNCATED'],
    ['a missing last byte', packed.subarray(0, packed.length - 1), 'TRUNCATED'],
    ['trailing zeros', Buffer.concat([packed, Buffer.alloc(512)]), 'TRAILING_DATA'],
    ['one trailing byte', Buffer.concat([packed, Buffer.from('x')]), 'TRAILING_DATA'],
    ['a second member', Buffer.concat([packed, packed]), 'MULTIPLE_MEMBERS'],
    ['an unknown method', Buffer.from([0x1f, 0x8b, 7, ...packed.subarray(3)]), 'BAD_HEADER'],
    ['reserved flags', withHeader(0x80, Buffer.alloc(0)), 'BAD_HEADER'],
    ['a wrong header checksum', withHeader(2, Buffer.from([0, 0])), 'BAD_HEADER'],
    ['an extra field', withHeader(4, Buffer.from([3, 0, 1, 2, 3])), 'BAD_HEADER'],
    ['the name of a program', withHeader(8, Buffer.from('setup.exe\0')), 'AMBIGUOUS'],
    ['the name of another folder', withHeader(8, Buffer.from('../a.tar\0')), 'AMBIGUOUS'],
    ['an empty name', withHeader(8, Buffer.from('\0')), 'AMBIGUOUS'],
    ['a name outside ASCII', withHeader(8, Buffer.from('\xe4.tar\0', 'latin1')), 'AMBIGUOUS'],
    [
      'a name without end',
      Buffer.concat([packed.subarray(0, 3), Buffer.from([8]), Buffer.alloc(40, 1)]),
      'BAD_HEADER',
    ],
    ['a wrong checksum', corrupt(packed, packed.length - 8), 'BAD_CHECKSUM'],
    ['a wrong length', corrupt(packed, packed.length - 1), 'BAD_CHECKSUM'],
  ])('refuses %s', async (_title, bytes, code) => {
    await expect(unpack(bytes)).rejects.toMatchObject({ name: 'ArchiveError', code });
  });

  test('refuses a bomb after megabytes, not gigabytes', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    let bytes = 0;
    const reading = (async () => {
      for await (const chunk of readGzip(memorySource(bomb), defaultUnpackLimits)) bytes += chunk.length;
    })();
    await expect(reading).rejects.toMatchObject({ code: 'LIMIT_RATIO' });
    expect(bytes).toBeLessThanOrEqual(17 * 1024 * 1024);
  });

  test('ends with an ArchiveError or the content for any damage, and never hangs', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = Buffer.from(packed);
        damaged[at] = (damaged[at] ?? 0) ^ change;
        const result = await unpack(damaged).catch((error: unknown) => error);
        if (result instanceof Buffer) expect(result.equals(content)).toBe(true);
        else expect(result).toMatchObject({ name: 'ArchiveError' });
      }),
      { numRuns: 300 },
    );
  });

  test('passes on an error of the file beneath', async () => {
    const failing = {
      size: packed.length,
      read: (at: number) => (at > 0 ? Promise.reject(new Error('disk')) : Promise.resolve(packed)),
    };
    await expect(collect(readGzip(failing, defaultUnpackLimits))).rejects.toThrow('disk');
  });
});

describe('writing gzip', () => {
  test('keeps the header, writes the same bytes each time, and gunzip reads it', async () => {
    const header = await readGzipHeader(memorySource(withHeader(8, Buffer.from('esbuild.tar\0'))));
    const write = () => collect(writeGzip(header, pieces(content, 777)));
    const [one, two] = [await write(), await write()];
    expect(one.equals(two)).toBe(true);
    expect(one.subarray(0, header.length).equals(header)).toBe(true);
    expect(gunzipSync(one).equals(content)).toBe(true);
    expect((await unpack(one)).equals(content)).toBe(true);
  });

  test.each([
    ['slowest', 2, 9],
    ['fastest', 4, 1],
    ['neither', 0, 6],
  ])('packs as the header says that it was packed: %s', async (_name, extraFlags, level) => {
    const header = Uint8Array.from(await readGzipHeader(memorySource(packed)));
    header[8] = extraFlags;
    const code = (await readFile(process.execPath)).subarray(0, 300_000);
    const written = await collect(writeGzip(header, pieces(code, 4096)));
    const body = written.subarray(header.length, -8);
    expect(body.equals(deflateRawSync(code, { level }))).toBe(true);
  });
});

function corrupt(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
}
