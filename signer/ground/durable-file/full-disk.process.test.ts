import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lacksSmallDisks } from '../../../dev/test/lacks.ts';
import { SmallDisk } from '../../../dev/test/small-disk.ts';
import { replaceFile } from './index.ts';

it.skipIf(lacksSmallDisks())(
  'a small file keeps its contents on a full disk, nothing half written stays beside it, and the error names the file',
  async () => {
    await using disk = await SmallDisk.make(64);
    const file = join(disk.path, 'anchor.json');
    await replaceFile(file, 'before');
    disk.fill();
    await expect(replaceFile(file, 'x'.repeat(5000))).rejects.toMatchObject({
      code: 'ENOSPC',
      path: file,
      message: `ENOSPC: no space left on device, write '${file}'`,
    });
    expect([readFileSync(file, 'utf8'), readdirSync(disk.path)]).toEqual([
      'before',
      ['.filler', 'anchor.json'],
    ]);
    disk.free();
    await replaceFile(file, 'after');
    expect([readFileSync(file, 'utf8'), readdirSync(disk.path)]).toEqual(['after', ['anchor.json']]);
  },
);
