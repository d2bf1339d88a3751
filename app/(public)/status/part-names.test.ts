/** Every part that reports itself has a name that people read. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { partNames } from './part-names.ts';

const project = join(import.meta.dirname, '../../..');

it('is there for each part that signer and website report', () => {
  const reported = ['signer/daemon', 'lib/platform/health'].flatMap((folder) =>
    readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /(?<!\.test|\.fixture)\.ts$/.test(file))
      .flatMap((file) =>
        [...readFileSync(join(project, folder, file), 'utf8').matchAll(/\bcomponent: '([a-z -]+)'/g)].map(
          ([, name = '']) => name,
        ),
      ),
  );
  const parts = [...new Set(reported)].filter((name) => name !== 'asc');
  // What is looked for is there.
  expect(parts).toEqual(expect.arrayContaining(['journal', 'release-store', 'scanner']));
  expect(parts.filter((name) => !Object.hasOwn(partNames, name))).toEqual([]);
});
