/** The reader against other programs: it gives what they packed, and they give what it reads. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacksTools } from '../../../../dev/test/lacks.ts';
import { UnpackBudget, defaultUnpackLimits } from '../archive/index.ts';
import { collect } from '../archive/stream.fixture.ts';
import { memorySource } from '../random-access.ts';
import { openCab } from './index.ts';
import { lzxCabinet, sampleBytes, seeded } from './lzx.fixture.ts';

let folder: string;
const run = (tool: string, ...args: readonly string[]): Buffer =>
  execFileSync(tool, args, {
    cwd: join(folder, 'in'),
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 26,
  });
const names = ['tool.exe', 'text.txt', 'noise.bin', 'naïve.txt'];
const content = new Map<string, Buffer>();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-cab-'));
  mkdirSync(join(folder, 'in'));
  content.set('tool.exe', Buffer.alloc(170_001, 'MZ'));
  content.set('text.txt', Buffer.from('The quick brown fox jumps over the lazy dog.\r\n'.repeat(5000)));
  content.set('noise.bin', randomBytes(100_003));
  content.set('naïve.txt', Buffer.from('UTF-8'));
  for (const [name, bytes] of content) writeFileSync(join(folder, 'in', name), bytes);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function read(bytes: Uint8Array): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for await (const entry of openCab(memorySource(bytes), new UnpackBudget(defaultUnpackLimits))) {
    expect(entry.issues).toEqual([]);
    found.set(entry.path, await collect(entry.content));
  }
  return found;
}

describe.skipIf(lacksTools('gcab'))('gcab', () => {
  test.each([
    ['stored', []],
    ['MSZIP', ['-z']],
  ])('packs %s', async (_what, options) => {
    run('gcab', '-c', ...options, 'a.cab', ...names);
    expect(await read(readFileSync(join(folder, 'in/a.cab')))).toEqual(content);
  });
});

describe.skipIf(lacksTools('cabextract', '7zz'))('LZX of the fixture is LZX to others', () => {
  test.each([15, 17, 19, 21])('with a window of 2^%i bytes', async (windowBits) => {
    for (let seed = 0; seed < 4; seed += 1) {
      const bytes = sampleBytes(seeded(seed), 200_000 * (seed + 1));
      const options = {
        windowBits,
        random: seeded(seed + windowBits),
        translated: seed % 2 === 0 ? 0 : 3_000_000,
      };
      const packed = lzxCabinet(bytes, options);
      writeFileSync(join(folder, 'in/lzx.cab'), packed);
      const seen = (await read(packed)).get('content');
      expect(run('cabextract', '-q', '-p', 'lzx.cab').equals(seen ?? Buffer.alloc(0))).toBe(true);
      expect(run('7zz', 'e', '-so', 'lzx.cab').equals(seen ?? Buffer.alloc(0))).toBe(true);
    }
  });
});
