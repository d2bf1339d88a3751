/** One store, two users: what the signer releases is the portal's to read, and nobody else's (docs/guides/installation.md). */
import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lacksRoot } from '../../../dev/test/lacks.ts';

const run = promisify(execFile);
/** Numbers that no account of this machine has to have. */
const [signer, portal, stranger, shared] = [64_201, 64_202, 64_203, 64_204];
let folder: string;
let store: string;
let file: string;

/** As the units start the processes: UMask=0027, a group for the folder that is shared. */
async function as(user: number, group: number, verb: string): Promise<string> {
  const program = join(import.meta.dirname, 'as-user.fixture.ts');
  const { stdout } = await run(process.execPath, [program, `${user}`, `${group}`, '027', verb, store, file]);
  return stdout.trim();
}

describe.skipIf(lacksRoot())('a store of two users', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-shared-'));
    chmodSync(folder, 0o711);
    store = join(folder, 'released');
    const work = join(folder, 'work');
    file = join(work, 'signed');
    mkdirSync(store);
    chownSync(store, signer, shared);
    chmodSync(store, 0o2750);
    mkdirSync(work, { mode: 0o700 });
    chownSync(work, signer, signer);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([
    ['put', 'put'],
    ['take', 'taken'],
  ])('is read by the other after a %s, and by nobody else', async (verb, said) => {
    expect(await as(signer, shared, verb)).toBe(said);
    expect(await as(portal, shared, 'read')).toBe('a release');
    await expect(as(stranger, stranger, 'read')).rejects.toThrow(/EACCES|can’t be|denied/);
  });

  it('takes no file for its own whose group it can’t change, so that it is copied', async () => {
    chownSync(store, signer, portal);
    chmodSync(store, 0o2750);
    expect(await as(signer, shared, 'take')).toBe('not taken');
    expect(statSync(file).gid).toBe(signer);
  });
});
