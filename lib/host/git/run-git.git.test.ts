import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cpuTimeOf } from '../../../dev/test/cpu-time.ts';
import { git, GitError, runGit, withoutCredentials } from './index.ts';

let folder: string;
const bare = () => ({ gitDir: join(folder, 'bare.git') });
const identity = {
  GIT_AUTHOR_NAME: 'A',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_AUTHOR_DATE: '2026-11-01T00:00:00Z',

  GIT_COMMITTER_NAME: 'A',
  GIT_COMMITTER_EMAIL: 'a@example.org',
  GIT_COMMITTER_DATE: '2026-11-01T00:00:00Z',
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-git-'));
  await git('anywhere', ['init', '--quiet', '--bare', join(folder, 'bare.git')]);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function commit(message: string): Promise<string> {
  const tree = (await git(bare(), ['mktree'], { stdin: '' })).toString('utf8').trim();
  const made = await git(bare(), ['commit-tree', tree, '-m', message], { env: identity });
  return made.toString('utf8').trim();
}

describe('git', () => {
  it('returns output, exit code and error output', async () => {
    const head = await commit('one');
    expect((await git(bare(), ['cat-file', '-t', head])).toString('utf8')).toBe('commit\n');
    const result = await runGit(bare(), ['cat-file', '-t', 'f'.repeat(40)]);
    expect(result.exitCode).toBe(128);
    expect(result.complaint).toMatch(/could not get object info|Not a valid object name/);
    await expect(git(bare(), ['cat-file', '-t', 'f'.repeat(40)])).rejects.toMatchObject({
      name: 'GitError',
      code: 'GIT_FAILED',
      exitCode: 128,
    });
  });

  it('runs no hooks, reads no user or system configuration, and replaces no objects', async () => {
    const [first, second] = [await commit('first'), await commit('second')];
    const ran = join(folder, 'hook-ran');
    const hooks = join(folder, 'bare.git/hooks');
    mkdirSync(hooks, { recursive: true });
    writeFileSync(join(hooks, 'reference-transaction'), `#!/bin/sh\ntouch ${ran}\n`);
    chmodSync(join(hooks, 'reference-transaction'), 0o755);
    await git(bare(), ['update-ref', 'refs/heads/hooked', first]);
    await expect(git('anywhere', ['hash-object', ran])).rejects.toBeInstanceOf(GitError);
    await git(bare(), ['update-ref', `refs/replace/${first}`, second]);
    const shown = await git(bare(), ['log', '-1', '--format=%s', first]);
    expect(shown.toString('utf8').trim()).toBe('first');
    await git(bare(), ['update-ref', '-d', `refs/replace/${first}`]);
    const listed = await git('anywhere', ['config', '--list', '--show-scope']);
    expect(
      listed
        .toString('utf8')
        .split('\n')
        .filter((line) => /^(?:system|global)/.test(line)),
    ).toEqual([]);
  });

  it('uses no transport that isn’t allowed explicitly', async () => {
    const url = `file://${join(folder, 'bare.git')}`;
    expect((await runGit('anywhere', ['ls-remote', url])).complaint).toMatch(/not allowed/);
    expect((await runGit('anywhere', ['ls-remote', url], { protocols: ['file'] })).exitCode).toBe(0);
    const program = `ext::sh -c touch% ${join(folder, 'ext-ran')}`;
    const odd = await runGit('anywhere', ['ls-remote', program], { protocols: ['file', 'https', 'ssh'] });
    expect(odd.complaint).toMatch(/not allowed/);
  });

  it('is stopped by a timeout and by too much output, and says which', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/policies.git`;
    const asking = runGit('anywhere', ['ls-remote', url], { protocols: ['http'], timeoutMilliseconds: 1000 });
    // The program that speaks to the server ends as well: as long as it ran, it would hold the answer's pipe.
    await expect(asking).rejects.toMatchObject({ code: 'GIT_STOPPED' });
    silent.close();
    const head = await commit('one');
    await expect(git(bare(), ['cat-file', '-p', head], { outputBytesMax: 10 })).rejects.toMatchObject({
      code: 'GIT_OUTPUT',
      exitCode: null,
    });
  });

  it('repeats no password of an address, in error output or in an error', async () => {
    const url = 'https://robot:s3cret@127.0.0.1:1/policies.git';
    const failed = await git('anywhere', ['ls-remote', url], { protocols: ['https'] }).catch(
      (error: unknown) => error,
    );
    expect(failed).toBeInstanceOf(GitError);
    expect((failed as Error).message).not.toContain('s3cret');
    expect(JSON.stringify(failed)).not.toContain('s3cret');
    expect(withoutCredentials(`fatal: ${url} and ssh://git@host/x`)).toBe(
      'fatal: https://127.0.0.1:1/policies.git and ssh://host/x',
    );
    expect(withoutCredentials('fatal: https://signer:s3@cret@host/x')).toBe('fatal: https://host/x');
    expect(cpuTimeOf(() => withoutCredentials('a.'.repeat(35_000)))).toBeLessThan(1000);
  });
});
