import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { link, lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadResumable } from './download.ts';
import { safeFileName } from './file-name.ts';
import type { Patience } from './patience.ts';
import { FakePortal, sha256Of } from './portal.fixture.ts';

const id = '0190b0f0-0000-7000-8000-000000000001';
let portal: FakePortal;
let folder = '';
const patience: Patience = { seconds: 60, sleep: async () => undefined };
const bytes = randomBytes(200_000);

beforeEach(async () => {
  portal = await FakePortal.start();
  portal.release(id, bytes);
  folder = await mkdtemp(path.join(os.tmpdir(), 'download-'));
});
afterEach(async () => {
  portal.stop();
  await rm(folder, { recursive: true, force: true });
});

const me = () => ({ url: portal.url, token: null });
const fetched = () => downloadResumable(me(), { id, to: { folder }, patience });
const downloads = (): number => portal.asked.filter(([, asked]) => asked?.endsWith('/artifact')).length;

describe('a download', () => {
  it('is whole wherever the line is cut and however often, and leaves nothing beside it', async () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 0, max: bytes.length - 1 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        portal.downloadCuts = at.toSorted((a, b) => a - b);
        const { file, sha256 } = await fetched();
        expect(sha256Of(await readFile(file))).toBe(sha256);
        expect(await readdir(folder)).toEqual(['signed.zip']);
        await rm(file);
      }),
      { numRuns: 25 },
    );
  });

  it('keeps what came when it is given up, and asks for the rest alone the next time', async () => {
    const stop = new AbortController();
    const onProgress = ({ bytes: came }: { readonly bytes: number }): void => {
      if (came > 50_000) stop.abort();
    };
    const input = { id, to: { folder }, patience, signal: stop.signal, onProgress };
    const stopped = await downloadResumable(me(), input).catch((error: unknown) => error);
    expect(stopped).toMatchObject({ code: 'ABORTED' });
    const [, came] =
      /(\d+) of 200000 bytes are in \S+\.part; the same download goes on there/.exec(String(stopped)) ?? [];
    expect(Number(came)).toBeGreaterThan(50_000);
    expect(await readdir(folder)).toEqual([`.signed.zip.${sha256Of(bytes).slice(0, 16)}.part`]);
    await fetched();
    expect(portal.headers.at(-1)).toMatchObject({
      range: `bytes=${came}-`,
      'if-range': `"${sha256Of(bytes)}"`,
    });
    expect(await readFile(path.join(folder, 'signed.zip'))).toEqual(bytes);
  });

  it('comes once more where what was kept is damaged', async () => {
    await writeFile(path.join(folder, `.signed.zip.${sha256Of(bytes).slice(0, 16)}.part`), randomBytes(1000));
    await fetched();
    expect(await readFile(path.join(folder, 'signed.zip'))).toEqual(bytes);
    expect(downloads()).toBe(2);
  });

  it('writes over no file that somebody led its part to', async () => {
    const part = path.join(folder, `.signed.zip.${sha256Of(bytes).slice(0, 16)}.part`);
    const mine = path.join(folder, 'mine');
    for (const lead of [symlink, link]) {
      await writeFile(mine, 'precious');
      await lead(mine, part);
      const { file } = await fetched();
      expect(await readFile(mine, 'utf8')).toBe('precious');
      expect([(await lstat(file)).isFile(), (await lstat(file)).nlink]).toEqual([true, 1]);
      expect(await readFile(file)).toEqual(bytes);
    }
  });

  it('comes from the beginning where the portal sends no ranges', async () => {
    portal.lacks.add('ranges');
    portal.downloadCuts = [1000];
    await fetched();
    expect(await readFile(path.join(folder, 'signed.zip'))).toEqual(bytes);
  });

  it('of other bytes, fewer or more than were released, is refused, and what was there before stays', async () => {
    await writeFile(path.join(folder, 'signed.zip'), 'old');
    for (const [sent, said] of [
      [randomBytes(200_000), 'What came has SHA-256'],
      [randomBytes(200_001), 'sends more than the 200000 bytes of the release'],
    ] as const) {
      portal.before = ({ url }, response) => {
        if (url?.endsWith('/artifact') !== true) return false;
        response.end(sent);
        return true;
      };
      await expect(fetched()).rejects.toMatchObject({
        code: 'MISMATCH',
        message: expect.stringContaining(said) as string,
      });
      await rm(path.join(folder, `.signed.zip.${sha256Of(bytes).slice(0, 16)}.part`), { force: true });
      expect(await readFile(path.join(folder, 'signed.zip'), 'utf8')).toBe('old');
    }
  });

  it('of what isn’t released is refused in the portal’s words', async () => {
    portal.set('0190b0f0-0000-7000-8000-000000000002', 'signing');
    const other = { id: '0190b0f0-0000-7000-8000-000000000002', to: { folder }, patience };
    await expect(downloadResumable(me(), other)).rejects.toMatchObject({
      code: 'REFUSED',
      problem: { code: 'NOT_RELEASED' },
    });
  });

  it('makes its folder, takes the file’s name from the portal, and stays in the folder', async () => {
    portal.name = '../../evil.zip';
    const { file } = await downloadResumable(me(), {
      id,
      to: { folder: path.join(folder, 'a', 'b') },
      patience,
    });
    expect(file).toBe(path.join(folder, 'a', 'b', 'evil.zip'));
  });

  it('to a file that can’t be written says so', async () => {
    const to = { file: path.join(folder, 'none', 'signed.zip') };
    await expect(downloadResumable(me(), { id, to, patience })).rejects.toMatchObject({ code: 'FILE' });
    await expect(downloadResumable(me(), { id, to: { file: folder }, patience })).rejects.toMatchObject({
      code: 'USAGE',
    });
  });
});

it.each([
  ['app.zip', 'app.zip'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Windows\\x.exe', 'x.exe'],
  ['..', 'otherwise'],
  ['.', 'otherwise'],
  ['', 'otherwise'],
  ['NUL.txt', 'otherwise'],
  ['a\u202Eb\u0000c.zip', 'a_b_c.zip'],
  ['x'.repeat(300), 'otherwise'],
  // Into a home folder or a repository, what these are named would count as settings.
  ['.bashrc', '_bashrc'],
  ['..\u200B.npmrc', '_npmrc'],
  ['...', 'otherwise'],
  // What a shell would run between the quotes of a script that was given the name.
  ['a$(id)`id`.exe', 'a_(id)_id_.exe'],
  // What a program that is given all names of a folder would take for an option.
  ['--output=x', '_output=x'],
  ['Setup (x64) 1.0~b+1.exe', 'Setup (x64) 1.0~b+1.exe'],
])('the name %j is %j on this machine', (name, safe) => {
  expect(safeFileName(name, 'otherwise')).toBe(safe);
});
