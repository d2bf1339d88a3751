import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { firstProcessBelow, isGone } from './processes.ts';

/** A shell with one child. */
async function family() {
  const shell = spawn('/bin/sh', ['-c', 'sleep 60 & wait'], { stdio: 'ignore', detached: true });
  await expect.poll(() => firstProcessBelow(shell.pid)).not.toBeNull();
  const known = await firstProcessBelow(shell.pid);
  if (known === null) throw new Error('no child');
  const stop = async (): Promise<void> => {
    const ended = once(shell, 'exit');
    process.kill(-(shell.pid ?? 0), 'SIGKILL');
    await ended;
  };
  return { shell, known, stop };
}

describe('the first process below another', () => {
  test('is gone once it was killed', async () => {
    const { known, stop } = await family();
    await stop();
    expect(await isGone(known)).toBe(true);
  });

  test('is not gone while it runs, and is gone where another has its number', async () => {
    const { known, stop } = await family();
    expect(await isGone(known)).toBe(false);
    expect(await isGone({ ...known, startTicks: '1' })).toBe(true);
    await stop();
  });

  test('is unknown where there is none, or more than one', async () => {
    expect(await firstProcessBelow(undefined)).toBeNull();
    const shell = spawn('/bin/sh', ['-c', 'sleep 60 & sleep 60 & wait'], { stdio: 'ignore', detached: true });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await firstProcessBelow(shell.pid)).toBeNull();
    process.kill(-(shell.pid ?? 0), 'SIGKILL');
  });
});
