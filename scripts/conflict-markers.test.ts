import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { conflictMarkers } from './conflict-markers.mjs';

it('finds marks of an unfinished merge in tracked files, and takes headings and quotes for none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-markers-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const [ours, theirs] = ['<', '>'].map((sign) => sign.repeat(7));
  writeFileSync(
    join(folder, 'guide.md'),
    `Title\n=======\n\n${ours} HEAD\nmine\n=======\nyours\n${theirs} theirs\n`,
  );
  writeFileSync(join(folder, 'clean.md'), `Title\n=======\n\n> quoted ${ours} HEAD\n`);
  expect(await conflictMarkers(folder)).toEqual([]);
  execFileSync('git', ['init', '-q'], { cwd: folder });
  execFileSync('git', ['add', '.'], { cwd: folder });
  expect(await conflictMarkers(folder)).toEqual(['guide.md:4', 'guide.md:8']);
});
