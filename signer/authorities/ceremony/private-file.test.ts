import { chownSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lacksRoot } from '../../../dev/test/lacks.ts';
import { writePrivateFile } from './private-file.ts';

describe('a file that one user reads', () => {
  const work = mkdtempSync(join(tmpdir(), 'countersign-private-'));
  afterAll(() => {
    rmSync(work, { recursive: true });
  });

  it('is in a folder that nobody else enters', async () => {
    const file = join(work, 'new', 'one');
    await writePrivateFile(file, 'secret');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(work, 'new')).mode & 0o777).toBe(0o700);
  });

  it.skipIf(lacksRoot())('belongs to whom root gave the folder', async () => {
    const folder = join(work, 'given');
    mkdirSync(folder, { mode: 0o755 });
    chownSync(folder, 61234, 61235);
    await writePrivateFile(join(folder, 'one'), 'secret');
    expect(statSync(join(folder, 'one'))).toMatchObject({ uid: 61234, gid: 61235 });
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });
});
