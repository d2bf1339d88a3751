import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCommitSha, type CommitSha } from '#core/ids/index.ts';
import { git, readFiles, type AskGit } from './index.ts';

const limits = { filesMax: 5000, fileSizeBytesMax: 1000, totalSizeBytesMax: 100_000 };
let folder: string;
let asked: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-read-files-'));
  asked = [];
  run(['init', '--quiet', '--bare']);
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(args: readonly string[], input: Buffer | string = ''): string {
  return execFileSync('git', ['-C', folder, ...args], { input, encoding: 'utf8' }).trim();
}

const ask: AskGit = (args, stdin, outputBytesMax) => {
  asked.push(args[0] ?? '');
  return git({ gitDir: folder }, args, { stdin, outputBytesMax });
};

/** Path → text, or [mode, text]; null: removed. On top of the last commit. */
function commit(files: Readonly<Record<string, string | readonly [string, string] | null>>): CommitSha {
  const lines = Object.entries(files).map(([path, file]) => {
    if (file === null) return `D ${path}\n`;
    const [mode, text] = typeof file === 'string' ? ['100644', file] : file;
    return `M ${mode} inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
  });
  const has = run(['for-each-ref']) !== '';
  const header = `commit refs/heads/main\ncommitter A <a@example.org> 1700000000 +0000\ndata 1\nx\n`;
  run(['fast-import', '--quiet'], `${header}${has ? 'from refs/heads/main^0\n' : ''}${lines.join('')}\n`);
  return parseCommitSha(run(['rev-parse', 'refs/heads/main']));
}

const texts = (files: ReadonlyMap<string, Uint8Array>): Readonly<Record<string, string>> =>
  Object.fromEntries([...files].sort().map(([path, bytes]) => [path, Buffer.from(bytes).toString()]));

describe('the files of a commit', () => {
  it('are the same, read alone and beside a known commit, whichever way the two are', async () => {
    const commits = [
      commit({ 'a.yaml': 'one', 'b/c.yaml': 'two', 'b/d.yaml': 'same', 'ä/😀.yaml': 'odd name' }),
      commit({ 'a.yaml': 'changed', 'b/c.yaml': null, 'b/c/e.yaml': 'folder in place of a file' }),
      commit({ 'b/c/e.yaml': null, 'b/c': 'file in place of a folder', 'x y.yaml': '', z: 'same' }),
      commit({ 'a.yaml': ['100755', 'changed'], 'b/d.yaml': 'same', z: null }),
    ];
    const alone = await Promise.all(commits.map((one) => readFiles(ask, one, limits)));
    expect(alone.map((files) => files.size)).toEqual([4, 4, 6, 5]);
    for (const [from, base] of commits.entries()) {
      for (const [to, other] of commits.entries()) {
        const known = { commit: base, files: alone[from] ?? new Map() };
        const files = await readFiles(ask, other, limits, known);
        expect(texts(files)).toEqual(texts(alone[to] ?? new Map()));
        expect(files.get('b/d.yaml')).toBe(known.files.get('b/d.yaml'));
      }
    }
  });

  it('are asked for alone where they changed, and all where many did', async () => {
    const first = commit({ a: 'one', b: 'two' });
    const known = { commit: first, files: await readFiles(ask, first, limits) };
    asked = [];
    await readFiles(ask, commit({ a: 'changed' }), limits, known);
    expect(asked).toEqual(['diff-tree', 'cat-file', 'cat-file']);
    asked = [];
    await readFiles(ask, commit({ a: null }), limits, known);
    expect(asked).toEqual(['diff-tree']);
    asked = [];
    const many = Object.fromEntries(Array.from({ length: 2001 }, (_, at) => [`many/${at}`, '']));
    expect((await readFiles(ask, commit(many), limits, known)).size).toBe(2002);
    expect(asked).toEqual(['diff-tree', 'ls-tree', 'cat-file']);
  });

  it.each([
    ['NOT_A_FILE', { link: ['120000', 'a'] }],
    ['NOT_A_FILE', { a: ['120000', 'b'] }],
    ['FILE_TOO_LARGE', { large: 'x'.repeat(1001) }],
    [
      'TOO_MANY_BYTES',
      Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`f${at}`, 'x'.repeat(1000)])),
    ],
    ['PATH_UNSAFE', { 'a\\b': 'x' }],
  ] as const)('are refused for %s, beside a known commit too', async (code, files) => {
    const first = commit({ a: 'one', b: 'two' });
    const known = { commit: first, files: await readFiles(ask, first, limits) };
    const second = commit(files);
    await expect(readFiles(ask, second, limits)).rejects.toMatchObject({ code });
    await expect(readFiles(ask, second, limits, known)).rejects.toMatchObject({ code });
  });

  it('are refused where there are too many, beside a known commit too', async () => {
    const first = commit({ a: 'one', b: 'two' });
    const known = { commit: first, files: await readFiles(ask, first, limits) };
    const second = commit({ c: 'three' });
    const few = { ...limits, filesMax: 2 };
    await expect(readFiles(ask, second, few)).rejects.toMatchObject({ code: 'TOO_MANY_FILES' });
    await expect(readFiles(ask, second, few, known)).rejects.toMatchObject({ code: 'TOO_MANY_FILES' });
  });
});
