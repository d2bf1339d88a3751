import { mkdtemp, readdir, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacksMounts, lacksTools } from '../../../dev/test/lacks.ts';
import { SmallDisk } from '../../../dev/test/small-disk.ts';
import { defaultInspectorLimits, type InspectorLimits } from '../limits.ts';
import { probeFence, type Fence } from './fence.ts';
import { removeAll } from './output.ts';
import type { Unpacker } from './programs.ts';
import { unpack } from './unpack.ts';

let folder: string;
let fence: Fence;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'countersign-unpack-')));
  await writeFile(join(folder, 'input'), 'an installer');
  const probed = await probeFence();
  if (probed.ok) fence = probed.fence;
});
afterAll(() => removeAll(folder));

interface Play {
  readonly lists?: number;
  /** Python, where its output goes. */
  readonly extracts?: string;
  readonly says?: number | null;
  readonly on?: string;
  readonly bytes?: number;
  readonly allowed?: number;
}

const write = (...names: readonly string[]): string =>
  names.map((name) => `open('${name}', 'w').write('x')`).join('; ');

/** A program that says what is in the file, and extracts something else. */
async function play(
  { lists = 2, extracts = write('a', 'b'), says = null, on = folder, bytes = 2, allowed = 1000 }: Play,
  limits: Partial<InspectorLimits> = {},
) {
  const unpacker: Unpacker = {
    name: 'Liar',
    program: 'python3',
    package: 'python3',
    formats: ['7z'],
    versionArgs: [],
    version: /x/,
    list: () => ['-I', '-S', '-c', 'pass'],
    judgeListing: () => ({ ok: true, value: { files: lists, bytes } }),
    extract: () => ['-I', '-S', '-c', extracts],
    judgeExtraction: (_format, { code }) =>
      code === 0 ? { ok: true, value: says } : { ok: false, why: 'it failed', encrypted: false },
  };
  const program = { file: '/usr/bin/python3', needs: ['/usr', '/lib', '/lib64', '/bin'] };
  const into = await mkdtemp(join(on, 'job-'));
  const outcome = await unpack(
    fence,
    { unpacker, program, name: 'Liar 1.0' },
    {
      format: '7z',
      input: join(folder, 'input'),
      folder: into,
      output: { files: 10, bytes: allowed },
      limits: { ...defaultInspectorLimits, ...limits },
      seconds: 20,
    },
  );
  return { outcome, left: await readdir(into) };
}

describe.skipIf(lacksTools('bwrap', 'prlimit', 'python3'))('a file that a program has unpacked', () => {
  test('is there under numbers, and nothing else is left', async () => {
    const { outcome, left } = await play({
      extracts: `import os; os.mkdir('d'); ${write('d/..', 'b').replace('d/..', 'd/a')}`,
    });
    expect(outcome).toMatchObject({
      ok: true,
      by: 'Liar 1.0',
      files: [
        { name: 'b', file: '00000001.file', sizeBytes: 1 },
        { name: 'd/a', file: '00000002.file', sizeBytes: 1 },
      ],
    });
    expect(left).toEqual(['files']);
  });

  test.each([
    ['fewer files than it lists', { extracts: write('a') }, 'HEADER_MISMATCH'],
    ['more files than it lists', { extracts: write('a', 'b', 'c') }, 'HEADER_MISMATCH'],
    ['other files than it says', { says: 3 }, 'HEADER_MISMATCH'],
    ['nothing of what it lists', { extracts: 'pass' }, 'HEADER_MISMATCH'],
    ['more than is left of the limits', { lists: 11 }, 'LIMIT_ENTRIES'],
    [
      'much more than its size',
      { extracts: `open('a', 'w').write('x' * 900); open('b', 'w')` },
      'LIMIT_TOTAL_SIZE',
    ],
    ['its files with an error', { extracts: 'raise OSError' }, 'BAD_HEADER'],
  ])('is closed where it yields %s', async (_what, played, code) => {
    const { outcome, left } = await play(played, { ratioMax: 50, ratioFloorBytes: 100 });
    expect(outcome).toMatchObject({ ok: false, issue: { code } });
    expect(left).toEqual([]);
  });
});

describe.skipIf(lacksTools('bwrap', 'prlimit', 'python3'))('a file that there is no room to unpack', () => {
  describe.skipIf(lacksMounts())('on a full disk', () => {
    const fills = `open('a', 'wb').write(b'x' * 900_000); open('b', 'w').write('x')`;
    test('is said nothing of: the disk is at fault, whatever the program says', async () => {
      await using disk = await SmallDisk.make(512);
      const attempt = play(
        { extracts: fills, bytes: 900_001, allowed: 2_000_000, on: disk.path },
        { ratioFloorBytes: 2_000_000 },
      );
      await expect(attempt).rejects.toMatchObject({
        code: 'INSPECTOR_IO',
        message: expect.stringMatching(
          /^ENOSPC: no room for what Liar 1\.0 unpacks, 900001 bytes or more: \d+ are left/,
        ) as unknown,
      });
    });
    test('by what the program says, too, where it doesn’t list how large its files are', async () => {
      await using disk = await SmallDisk.make(512);
      const attempt = play(
        { extracts: fills, allowed: 2_000_000, on: disk.path },
        { ratioFloorBytes: 2_000_000 },
      );
      await expect(attempt).rejects.toMatchObject({ code: 'INSPECTOR_IO' });
    });
  });
});
