import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireProgram, runCommand } from '../stack/process/run.ts';
import { overHttp } from './server.ts';

export interface SshKey {
  readonly privateKeyFile: string;
  /** one line as in authorized_keys: type, key, comment */
  readonly publicKey: string;
}

export interface Committer {
  readonly name: string;
  readonly email: string;
  /** signs the commit with it (gpg.format=ssh) */
  readonly key?: SshKey;
  /** When it says it was committed; now, unless said. */
  readonly at?: Date;
}

/** Git uses only the given configuration: user settings can't change what the stack does. */
const isolated = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_TERMINAL_PROMPT: '0' };

/** Runs git in a folder → standard output without the line's end. */
export async function git(folder: string, ...args: readonly string[]): Promise<string> {
  return gitWith({}, folder, ...args);
}

async function gitWith(
  env: Readonly<Record<string, string>>,
  folder: string,
  ...args: readonly string[]
): Promise<string> {
  const program = requireProgram('git', 'git', 'git');
  return (
    await runCommand(program, ['-C', folder, ...args], { env: { ...process.env, ...isolated, ...env } })
  ).trimEnd();
}

/** Makes an Ed25519 key without passphrase, or keeps the one that exists. */
export async function keepSshKey(file: string, comment: string): Promise<SshKey> {
  if (!existsSync(`${file}.pub`)) {
    rmSync(file, { force: true }); // left by a run that was killed while making it
    const program = requireProgram('ssh-keygen', 'openssh-client', 'openssh');
    await runCommand(program, ['-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file]);
  }
  return { privateKeyFile: file, publicKey: readFileSync(`${file}.pub`, 'utf8').trim() };
}

const protectMain = `#!/bin/sh
# refs/heads/main is the policy in force: its owner writes it by path, nobody over the network.
if [ -n "$${overHttp}" ] && [ "$1" = refs/heads/main ]; then
  echo "main takes no pushes; push a branch and ask for it to be accepted." >&2
  exit 1
fi
`;

/** Makes an empty bare repository with the branch main, or keeps the one that exists → its path. */
export async function keepRepository(root: string, name: string): Promise<string> {
  const repository = join(root, name);
  if (!existsSync(join(repository, 'HEAD')))
    await git(root, 'init', '--quiet', '--bare', '--initial-branch=main', name);
  await git(repository, 'config', 'http.receivepack', 'true');
  writeFileSync(join(repository, 'hooks', 'update'), protectMain);
  chmodSync(join(repository, 'hooks', 'update'), 0o755);
  return repository;
}

/**
 * Makes the content of `folder` the newest commit of a branch (main unless said) → the commit. Where the branch holds
 * that content already, nothing is committed.
 */
export async function commitFolder(
  repository: string,
  folder: string,
  message: string,
  committer: Committer,
  branch = 'main',
): Promise<string> {
  const work = mkdtempSync(join(tmpdir(), 'countersign-commit-'));
  try {
    await git(work, 'clone', '--quiet', '--no-checkout', repository, 'tree');
    const tree = join(work, 'tree');
    const parent = await branchHead(repository, branch);
    if (parent === null) await git(tree, 'symbolic-ref', 'HEAD', `refs/heads/${branch}`);
    else await git(tree, 'checkout', '--quiet', '-B', branch, parent);
    for (const entry of readdirSync(tree))
      if (entry !== '.git') rmSync(join(tree, entry), { recursive: true });
    cpSync(folder, tree, { recursive: true });
    await git(tree, 'add', '--all', '--force');
    if (parent !== null && (await git(tree, 'status', '--porcelain')) === '') return parent;
    const identity = ['-c', `user.name=${committer.name}`, '-c', `user.email=${committer.email}`];
    const signing =
      committer.key === undefined
        ? ['-c', 'commit.gpgsign=false']
        : [
            '-c',
            'gpg.format=ssh',
            '-c',
            `user.signingkey=${committer.key.privateKeyFile}`,
            '-c',
            'commit.gpgsign=true',
          ];
    const date = committer.at?.toISOString();
    const dates = date === undefined ? {} : { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
    await gitWith(
      dates,
      tree,
      ...identity,
      ...signing,
      'commit',
      '--quiet',
      '--allow-empty',
      '--message',
      message,
    );
    await git(tree, 'push', '--quiet', repository, `HEAD:refs/heads/${branch}`);
    return await git(tree, 'rev-parse', 'HEAD');
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function branchHead(repository: string, branch: string): Promise<string | null> {
  const head = await git(repository, 'for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`);
  return head === '' ? null : head;
}
