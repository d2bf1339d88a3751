import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { patience } from '../test/patience.ts';
import { followLog } from './follow-log.ts';
import { isSource, watchSources } from './watch-sources.ts';

let folder: string;
const ends: (() => void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-live-'));
});
afterEach(() => {
  for (const end of ends.splice(0)) end();
  rmSync(folder, { recursive: true });
});

describe('the sources of the signer’s side', () => {
  it('are watched, whichever file changes', async () => {
    mkdirSync(join(folder, 'signer', 'daemon'), { recursive: true });
    const changed = vi.fn();
    ends.push(watchSources(folder, ['signer'], changed));
    writeFileSync(join(folder, 'signer', 'daemon', 'main.ts'), 'export {};\n');
    await vi.waitFor(() => expect(changed).toHaveBeenCalled(), patience);
  });

  it.each([
    ['signer/daemon/main.ts', true],
    ['child.mjs', true],
    ['signer/daemon/main.test.ts', false],
    ['signer/README.md', false],
    ['.main.ts.swp', false],
  ])('%s is one: %s', (file, is) => {
    expect(isSource(file)).toBe(is);
  });
});

describe('a log that is followed', () => {
  it('is read from its current end, and from its beginning after it was recreated', async () => {
    const file = join(folder, 'portal.log');
    writeFileSync(file, 'told before\n');
    let said = '';
    const { end, started } = followLog(file, (text) => (said += text));
    ends.push(end);
    await started;
    writeFileSync(file, 'told before\nnew\n');
    await vi.waitFor(() => expect(said).toBe('new\n'), patience);
    writeFileSync(file, 'anew\n');
    await vi.waitFor(() => expect(said).toBe('new\nanew\n'), patience);
  });
});
