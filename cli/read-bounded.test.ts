import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readKnownKeys } from './policy/known-keys.ts';
import { readConfiguration } from './preflight/read-configuration.ts';
import { readBounded, TooLargeError } from './read-bounded.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-bounded-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('reads a file up to the limit, and none beyond it, whatever it says of its size', async () => {
  const file = join(folder, 'file');
  await writeFile(file, 'four');
  expect((await readBounded(file, 4)).toString()).toBe('four');
  await expect(readBounded(file, 3)).rejects.toThrow(TooLargeError);
  await expect(readBounded('/dev/zero', 1000)).rejects.toThrow('it has more than 1000 bytes');
});

it('refuses a configuration and a registry without an end', async () => {
  await expect(readConfiguration({ file: '/dev/zero', parameters: {}, policies: null })).rejects.toThrow(
    '/dev/zero can’t be read: it has more than',
  );
  await expect(readKnownKeys('/dev/zero')).rejects.toThrow('it has more than');
});
