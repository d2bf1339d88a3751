import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { portalAddress, running } from './address.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'address-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function demo(pid: number, portal: string, state = '.countersign'): Promise<void> {
  await mkdir(path.join(folder, state), { recursive: true });
  await writeFile(path.join(folder, state, 'demo-running.json'), JSON.stringify({ pid, portal }));
}
const found = (given?: string, environment?: string, below = ''): Promise<string> =>
  portalAddress(given, { environment, folder: path.join(folder, below) });

describe('the portal’s address', () => {
  it('is --url, then COUNTERSIGN_URL, then that of the demo that runs in the folder or above', async () => {
    await demo(process.pid, 'http://127.0.0.1:4400');
    expect(await found('https://a.example/', 'https://b.example')).toBe('https://a.example');
    expect(await found(undefined, 'https://b.example')).toBe('https://b.example');
    expect(await found(undefined, '', 'my-policies/projects')).toBe('http://127.0.0.1:4400');
  });

  it('is found of a large demo and of npm run dev, the demo’s first', async () => {
    await demo(process.pid, 'http://127.0.0.1:4500', '.countersign/dev');
    expect(await found()).toBe('http://127.0.0.1:4500');
    await demo(process.pid, 'http://127.0.0.1:4401', '.countersign/large');
    expect(await found()).toBe('http://127.0.0.1:4401');
  });

  it.each([
    ['has ended', 2 ** 22 + 1, 'http://127.0.0.1:4400'],
    ['isn’t on this machine', process.pid, 'http://portal.example'],
    ['hides another host', process.pid, 'http://127.0.0.1:1@evil.example'],
  ])('isn’t that of a demo that %s', async (_, pid, portal) => {
    await demo(pid, portal);
    await expect(found()).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/--url/) as string,
    });
  });

  it('isn’t that of a demo whose file another user wrote', async () => {
    await demo(process.pid, 'http://127.0.0.1:4400');
    const file = path.join(folder, '.countersign', 'demo-running.json');
    const own = process.getuid?.() ?? 0;
    expect(await running(file, own)).toBe('http://127.0.0.1:4400');
    expect(await running(file, own + 1)).toBeNull();
  });

  it.each(['', 'portal', 'ftp://a', 'javascript:1', 'http://user:secret@a', '//a', '\0'])(
    'isn’t %j',
    async (url) => {
      await expect(found(url)).rejects.toMatchObject({ code: 'USAGE' });
    },
  );
});
