import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { processIdentity } from './identity.ts';
import { patience } from '../../test/patience.ts';

let folder: string;
const started: ChildProcess[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-supervise-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** A process that begins a service which writes its number into a file, and then does `then`. */
function begin(then: string): ChildProcess {
  const script = `import { existsSync, readFileSync } from 'node:fs';
    import { endServices, startProcess } from ${JSON.stringify(join(import.meta.dirname, 'supervise.ts'))};
    const [folder] = process.argv.slice(1);
    const file = folder + '/service';
    const isThere = () => existsSync(file) && readFileSync(file, 'utf8').endsWith('\\n');
    const service = (name) => startProcess({ name, command: 'sh', args: ['-c', 'echo $$ > "$0"; exec sleep 1000', file],
      pidFile: folder + '/pids/' + name, logFile: folder + '/logs/' + name });
    ${then}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  started.push(child);
  return child;
}
const servicePid = async (): Promise<number> => Number(await readFile(join(folder, 'service'), 'utf8'));
const ended = (pid: number) =>
  vi.waitFor(async () => expect(await processIdentity(pid)).toBeNull(), patience);

describe('a service', () => {
  it('ends with the process that starts it, even if that one hasn’t yet seen it start', async () => {
    // Nothing that startProcess waits for arrives before the exit: this loop holds the process up.
    const child = begin(`service('one').catch(() => undefined);
      setImmediate(() => { while (!isThere()); process.exit(0); });`);
    await once(child, 'exit');
    await ended(await servicePid());
  });

  it('is ended, and no other starts, once everything is to end', async () => {
    const child = begin(`const begun = service('one').catch(() => undefined);
      while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 10));
      await endServices();
      const later = await service('two').then(() => 'started', (error) => error.code);
      await begun;
      process.exit(later === 'START_FAILED' ? 0 : 1);`);
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await processIdentity(await servicePid())).toBeNull();
  });
});
