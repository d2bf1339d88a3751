import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { patience } from '../../dev/test/patience.ts';

let folder: string;
const started: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-set-up-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

const module = (name: string): string => JSON.stringify(join(import.meta.dirname, name));

/** A script with the folder as its argument; `said()` is what it wrote. */
function start(script: string): { readonly child: ChildProcess; readonly said: () => string } {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  started.push(child);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, said: () => text };
}

/** Whether a process still does anything: one that nobody has asked for its end is a zombie, and does nothing. */
const runs = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

describe('a program that a set-up runs', () => {
  const runner = `import { runLogged } from ${module('steps.mjs')};
    const [folder] = process.argv.slice(1);
    await runLogged('sh', ['-c', 'sleep 1000 & echo $! > "$0/pid"; wait', folder], { log: folder + '/log', report: () => undefined });`;

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'ends, with what it has started, when the set-up is ended by %s',
    async (signal) => {
      const { child } = start(runner);
      const file = join(folder, 'pid');
      await vi.waitFor(async () => expect(await readFile(file, 'utf8')).toMatch(/^\d+\n$/), patience);
      const grandchild = Number(await readFile(file, 'utf8'));
      expect(runs(grandchild)).toBe(true);
      child.kill(signal);
      const [code, by] = (await once(child, 'exit')) as [number | null, string | null];
      expect([code, by]).toEqual([null, signal]);
      await vi.waitFor(() => expect(runs(grandchild)).toBe(false), patience);
    },
  );

  it('ends even if another listener handles the signal, which then decides what follows', async () => {
    const { child } = start(
      `process.on('SIGTERM', () => undefined);
      ${runner.replace('await runLogged', 'const failed = await runLogged').replace(/;$/, '.catch((error) => error.message);')}
      console.log('went on:', failed);`,
    );
    const file = join(folder, 'pid');
    await vi.waitFor(async () => expect(await readFile(file, 'utf8')).toMatch(/^\d+\n$/), patience);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

describe('the lock of the set-up', () => {
  const holder = `import { withLock } from ${module('lock.mjs')};
    await withLock(process.argv[1] + '/set-up.lock', async () => {
      console.log('has it');
      await new Promise((resolve) => process.stdin.once('data', resolve));
    });
    process.exit();`;

  it('lets one run at a time, and says what the other waits for', async () => {
    const first = start(holder);
    await vi.waitFor(() => expect(first.said()).toContain('has it'), patience);
    const second = start(holder);
    await vi.waitFor(
      () => expect(second.said()).toContain(`Waiting for process ${first.child.pid}`),
      patience,
    );
    expect(second.said()).not.toContain('has it');
    first.child.stdin?.write('go\n');
    await vi.waitFor(() => expect(second.said()).toContain('has it'), patience);
    second.child.stdin?.write('go\n');
    await once(second.child, 'exit');
    expect(existsSync(join(folder, 'set-up.lock'))).toBe(false);
  });

  it('is taken over from one that was killed', async () => {
    const first = start(holder);
    await vi.waitFor(() => expect(first.said()).toContain('has it'), patience);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const second = start(holder);
    await vi.waitFor(() => expect(second.said()).toContain('has it'), patience);
  });

  it('is taken over if it names no process', async () => {
    await writeFile(join(folder, 'set-up.lock'), 'gone');
    const only = start(holder);
    await vi.waitFor(() => expect(only.said()).toContain('has it'), patience);
  });
});
