import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lacksTools } from '../../../dev/test/lacks.ts';
import { parseCommitSha, parsePersonHandle } from '../ids/index.ts';
import { gitCommitName, policyAcceptanceStatement, policyNamespace, verifyPolicyCommit } from './index.ts';

const lacking = lacksTools('git', 'ssh-keygen');

let folder = '';
const environment = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
const git = (...args: string[]) =>
  execFileSync('git', ['-C', folder, ...args], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
const keyFile = (name: string): string => join(folder, `${name}.key`);
const maintainer = (name: string) => ({
  handle: parsePersonHandle(name),
  keys: [readFileSync(`${keyFile(name)}.pub`, 'utf8')],
});

beforeAll(() => {
  if (lacking) return;
  folder = mkdtempSync(join(tmpdir(), 'policy-commit-'));
  git('init', '-q', '-b', 'main');
  for (const name of ['alice', 'bob']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', keyFile(name)]);
  }
  const signers = ['alice', 'bob'].map((name) => `${name} ${readFileSync(`${keyFile(name)}.pub`, 'utf8')}`);
  writeFileSync(join(folder, 'signers'), signers.join(''));
  git('config', 'user.name', 'Someone');
  git('config', 'user.email', 'someone@example.org');
  git('config', 'gpg.format', 'ssh');
  git('config', 'gpg.ssh.allowedSignersFile', join(folder, 'signers'));
});
afterAll(() => {
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(lacksTools('git', 'ssh-keygen'))('commits made by git', () => {
  it('accepts what git commit -S signs and git verify-commit accepts', () => {
    git('config', 'user.signingkey', keyFile('alice'));
    const text = 'A change\n\ngpgsig in the message\n tree deadbeef\nÜnicode';
    git('commit', '-q', '-S', '--allow-empty', '-m', text);
    git('verify-commit', 'HEAD');
    const commit = parseCommitSha(git('rev-parse', 'HEAD').toString().trim());
    const commitObject = new Uint8Array(git('cat-file', 'commit', 'HEAD'));
    expect(gitCommitName(commitObject, 'sha1')).toBe(commit);
    const maintainers = [maintainer('alice'), maintainer('bob')];
    const result = verifyPolicyCommit({ commit, commitObject, notes: [], maintainers, threshold: 1 });
    expect(result).toMatchObject({ ok: true, value: { signers: ['alice'] } });
    const others = verifyPolicyCommit({
      commit,
      commitObject,
      notes: [],
      maintainers: [maintainer('bob')],
      threshold: 1,
    });
    expect(others.ok).toBe(false);
  });

  it('accepts a merge with a co-signature made by ssh-keygen', () => {
    git('checkout', '-q', '-b', 'side');
    git('commit', '-q', '--allow-empty', '-m', 'side');
    git('checkout', '-q', 'main');
    git('commit', '-q', '--allow-empty', '-m', 'main');
    git('merge', '-q', '-S', '--no-ff', '-m', 'merge', 'side');
    const commit = parseCommitSha(git('rev-parse', 'HEAD').toString().trim());
    const note = execFileSync(
      'ssh-keygen',
      ['-Y', 'sign', '-q', '-f', keyFile('bob'), '-n', policyNamespace],
      { input: policyAcceptanceStatement(commit), stdio: ['pipe', 'pipe', 'ignore'] },
    ).toString();
    const result = verifyPolicyCommit({
      commit,
      commitObject: new Uint8Array(git('cat-file', 'commit', 'HEAD')),
      notes: [note],
      maintainers: [maintainer('alice'), maintainer('bob')],
      threshold: 2,
    });
    expect(result).toMatchObject({ ok: true, value: { signers: ['alice', 'bob'] } });
  });
});
