import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openSerialNumbers } from './serial-numbers.ts';

const dir = mkdtempSync(join(tmpdir(), 'countersign-serial-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const now = new Date('2026-11-20T00:00:00Z');

it('issues no serial number twice, across restarts and concurrently, and always a greater one', async () => {
  const given: bigint[] = [];
  for (const count of [1, 100, 65, 3]) {
    const serials = await openSerialNumbers(join(dir, 'serial'), now);
    given.push(...(await Promise.all(Array.from({ length: count }, () => serials.next()))));
  }
  expect(given).toHaveLength(169);
  expect(given.every((one, index) => index === 0 || one > (given[index - 1] ?? 0n))).toBe(true);
});

it('continues above all earlier numbers if its file was lost', async () => {
  const file = join(dir, 'lost');
  const serials = await openSerialNumbers(file, now);
  let last = 0n;
  for (let count = 0; count < 200; count++) last = await serials.next();
  rmSync(file);
  const again = await openSerialNumbers(file, new Date(now.getTime() + 1));
  expect(await again.next()).toBeGreaterThan(last);
});

it.each(['', 'ten\n', '10', '-1\n', '1\n2\n'])(
  'refuses to start on a file that contains %j',
  async (text) => {
    const file = join(dir, 'broken');
    writeFileSync(file, text);
    await expect(openSerialNumbers(file, now)).rejects.toMatchObject({ code: 'SERIAL_FILE_INVALID' });
  },
);
