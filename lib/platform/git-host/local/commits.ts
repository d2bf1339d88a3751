/** Commits written with plumbing commands: no work tree, no checkout, a separate index file. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCommitSha, type CommitSha } from '#core/ids/index.ts';
import { addressOf } from '#core/policy/acceptance/index.ts';
import { GitHostError } from '../error.ts';
import type { Account, FileChange } from '../git-host.ts';
import { askGit, git } from './git.ts';

const changesMax = 1000;
const contentBytesMax = 1024 * 1024;

export interface CommitInput {
  readonly repository: string;
  readonly parent: CommitSha;
  readonly message: string;
  readonly changes: readonly FileChange[];
  readonly author: Account;
  readonly at: Date;
}

/**
 * Parent and changes → the new tree; without changes the parent's own. Rejects (INVALID) paths that lead out of the tree and files
 * over 1 MiB.
 */
async function writeTree(
  repository: string,
  parent: CommitSha,
  changes: readonly FileChange[],
): Promise<string> {
  if (changes.length === 0) return git(repository, ['rev-parse', '--verify', `${parent}^{tree}`]);
  if (changes.length > changesMax)
    throw new GitHostError('INVALID', `over ${changesMax} changes in one commit`);
  const folder = await mkdtemp(join(tmpdir(), 'countersign-index-'));
  const env = { GIT_INDEX_FILE: join(folder, 'index') };
  try {
    await git(repository, ['read-tree', parent], { env });
    // `--index-info`, because it needs no work tree: mode, object and path, mode 0 removes.
    const lines: string[] = [];
    for (const change of changes) {
      checkPath(change.path);
      if (change.content === null) {
        lines.push(`0 ${'0'.repeat(parent.length)}\t${change.path}\0`);
        continue;
      }
      if (Buffer.byteLength(change.content) > contentBytesMax) {
        throw new GitHostError('INVALID', `${change.path} has over ${contentBytesMax} bytes`);
      }
      const blob = await git(repository, ['hash-object', '-w', '--stdin'], { stdin: change.content });
      lines.push(`100644 ${blob}\t${change.path}\0`);
    }
    await git(repository, ['update-index', '-z', '--index-info'], { stdin: lines.join(''), env });
    return await git(repository, ['write-tree'], { env });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function checkPath(path: string): void {
  const parts = path.split('/');
  const odd = parts.some((part) => part === '' || part === '.' || part === '..' || /^\.git$/i.test(part));
  if (odd || path.length > 1024 || /[\p{C}\\]/u.test(path)) {
    throw new GitHostError(
      'INVALID',
      `${JSON.stringify(path.slice(0, 120))} is no path for a file of the repository`,
    );
  }
}

/** Tree and parents → a commit, unsigned: what makes it count are the maintainers' signatures over its name. */
export async function writeCommit(input: {
  readonly repository: string;
  readonly tree: string;
  readonly parents: readonly CommitSha[];
  readonly message: string;
  readonly author: Account;
  readonly at: Date;
}): Promise<CommitSha> {
  const { author, at } = input;
  const date = `${Math.floor(at.getTime() / 1000)} +0000`;
  // Angle brackets and line ends would end the header early.
  const name = author.login.replace(/[<>\p{C}]/gu, '').trim() || author.id;
  const email = addressOf(author);
  const env = {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_COMMITTER_DATE: date,
  };
  const parents = input.parents.flatMap((parent) => ['-p', parent]);
  const args = ['commit-tree', input.tree, ...parents, '-F', '-'];
  return parseCommitSha(await git(input.repository, args, { stdin: input.message, env }));
}

export async function commitChanges(input: CommitInput): Promise<CommitSha> {
  const tree = await writeTree(input.repository, input.parent, input.changes);
  return writeCommit({ ...input, tree, parents: [input.parent] });
}

/** Whether `commit` is what these changes on `parent` would give: the same tree, parent and message. */
export async function isSameCommit(
  commit: CommitSha,
  input: Pick<CommitInput, 'repository' | 'parent' | 'changes' | 'message'>,
): Promise<boolean> {
  const { code, output } = await askGit(input.repository, ['show', '-s', '--format=%T%n%P%n%B', commit]);
  if (code !== 0) return false;
  const [tree, parents, ...message] = output.toString('utf8').split('\n');
  if (parents !== input.parent || message.join('\n').trim() !== input.message.trim()) return false;
  return tree === (await writeTree(input.repository, input.parent, input.changes));
}
