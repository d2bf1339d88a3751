import { open, readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { RandomAccessSource } from '../random-access.ts';
import { recognise } from './index.ts';

const modules = join(import.meta.dirname, '../../../../node_modules');
const perExtensionMax = 6;
/** Real files that are what is looked for. */
const containers = /\.(?:gz|tgz|zip|a|jar|br|zst|xz|whl|data|dat)$/;

/** A file for each kind of name, and each program: what real packages ship. */
async function sample(): Promise<readonly string[]> {
  const chosen: string[] = [];
  const counts = new Map<string, number>();
  for (const name of await readdir(modules, { recursive: true })) {
    const extension = extname(name);
    const count = (counts.get(extension) ?? 0) + 1;
    counts.set(extension, count);
    const isProgram = /\.(?:exe|dll|node|wasm|so|dylib|woff2?|ttf|png|ico|pdb)$/.test(extension);
    if ((isProgram && count <= 60) || count <= perExtensionMax) chosen.push(join(modules, name));
  }
  return chosen;
}

test('mistakes no program, font, picture or source file of real packages for an archive', async () => {
  const files = await sample();
  let looked = 0;
  const alarms: string[] = [];
  for (const file of files) {
    const { size, isFile } = await stat(file).then(
      (stats) => ({ size: stats.size, isFile: stats.isFile() }),
      () => ({ size: 0, isFile: false }),
    );
    if (!isFile || containers.test(file)) continue;
    const handle = await open(file);
    const source: RandomAccessSource = {
      size,
      async read(offset, length) {
        const bytes = new Uint8Array(length);
        await handle.read(bytes, 0, length, offset);
        return bytes;
      },
    };
    const { found } = await recognise(source).finally(() => handle.close());
    looked += 1;
    // A guess that doesn't unpack to its end is none: nothing is refused for it.
    const sure = found.filter((recognised) => recognised.tentative !== true);
    if (sure.length > 0) alarms.push(`${file}: ${sure.map((recognised) => recognised.format).join(', ')}`);
  }
  expect(looked).toBeGreaterThan(300);
  expect(alarms).toEqual([]);
});
