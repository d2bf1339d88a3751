import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processIdentity } from '../stack/index.ts';
import { claimRun, noteRun, releaseRun, runFile } from './run-file.ts';

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'countersign-run-'));
});
afterEach(() => rm(state, { recursive: true }));

const claimInAnotherProcess = async (): Promise<string> => {
  const script = `import { claimRun } from ${JSON.stringify(join(import.meta.dirname, 'run-file.ts'))};
    console.log(JSON.stringify(await claimRun({ state: process.argv[1] })));
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, state]);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  while (!said.includes('\n')) await once(child.stdout, 'data');
  others.push(() => child.kill('SIGKILL'));
  return said.trim();
};
const others: (() => void)[] = [];
afterEach(() => {
  for (const end of others.splice(0)) end();
});

describe('the claim of a folder by a demo', () => {
  it('is granted to one of several that start at once', async () => {
    const claims = await Promise.all([
      claimInAnotherProcess(),
      claimInAnotherProcess(),
      claimInAnotherProcess(),
    ]);
    expect(claims.filter((claim) => claim === 'null')).toHaveLength(1);
    expect(await claimRun({ state })).toBeGreaterThan(1);
    expect(await readdir(state)).toEqual(['demo-running.json']);
  });

  it.each([
    ['a demo that was killed', JSON.stringify({ pid: process.pid, identity: 'of another boot' })],
    ['a note cut short', '{"pid":'],
    ['an empty note', ''],
  ])('is taken over from %s', async (_what, left) => {
    await writeFile(runFile({ state }), left);
    expect(await claimRun({ state })).toBeNull();
    expect(JSON.parse(await readFile(runFile({ state }), 'utf8'))).toMatchObject({
      pid: process.pid,
      identity: await processIdentity(process.pid),
    });
    expect(await claimRun({ state })).toBe(process.pid);
  });

  it('records where the portal is, and is released', async () => {
    await claimRun({ state });
    await noteRun({ state }, { portal: 'http://127.0.0.1:4400' });
    expect(JSON.parse(await readFile(runFile({ state }), 'utf8'))).toMatchObject({
      portal: 'http://127.0.0.1:4400',
    });
    await releaseRun({ state });
    expect(await readdir(state)).toEqual([]);
  });
});
