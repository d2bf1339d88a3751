/** Differences between two commits of the local repository, and whether they can be merged. */
import { parseCommitSha, type CommitSha } from '#core/ids/index.ts';
import { GitHostError } from '../error.ts';
import type { ChangedFile, Comparison } from '../git-host.ts';
import { askGit, git, isAncestor } from './git.ts';

const filesMax = 10_000;

export interface Distance {
  readonly aheadBy: number;
  readonly behindBy: number;
}

export async function distance(repository: string, base: CommitSha, head: CommitSha): Promise<Distance> {
  const text = await git(repository, ['rev-list', '--left-right', '--count', `${base}...${head}`]);
  const [behindBy, aheadBy] = text.split(/\s+/).map(Number);
  return { aheadBy: aheadBy ?? 0, behindBy: behindBy ?? 0 };
}

export async function compareCommits(
  repository: string,
  base: CommitSha,
  head: CommitSha,
): Promise<Comparison> {
  const { code, output } = await askGit(repository, ['merge-base', base, head]);
  if (code !== 0) throw new GitHostError('NOT_FOUND', 'the two commits have no common ancestor here');
  const mergeBase = parseCommitSha(output.toString('utf8').trim());
  const { aheadBy, behindBy } = await distance(repository, base, head);
  const status =
    aheadBy === 0 ? (behindBy === 0 ? 'identical' : 'behind') : behindBy === 0 ? 'ahead' : 'diverged';
  return { status, mergeBase, aheadBy, behindBy, files: await changedFiles(repository, mergeBase, head) };
}

const statuses: Readonly<Record<string, ChangedFile['status']>> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  T: 'changed',
  R: 'renamed',
  C: 'copied',
};

/** `git diff --name-status -z`: status, path and, for renames and copies, the new path, each ended by NUL. */
async function changedFiles(
  repository: string,
  from: CommitSha,
  to: CommitSha,
): Promise<readonly ChangedFile[]> {
  const text = await git(repository, [
    'diff',
    '--name-status',
    '-z',
    '--find-renames',
    '--no-ext-diff',
    from,
    to,
  ]);
  const fields = text.split('\0').filter((field) => field !== '');
  const files: ChangedFile[] = [];
  for (let at = 0; at < fields.length;) {
    if (files.length >= filesMax) throw new GitHostError('PARTIAL', `over ${filesMax} files changed`);
    const status = statuses[(fields[at] ?? '').charAt(0)] ?? 'changed';
    const moved = status === 'renamed' || status === 'copied';
    const path = fields[at + (moved ? 2 : 1)] ?? '';
    files.push({ path, previousPath: moved ? (fields[at + 1] ?? null) : null, status });
    at += moved ? 3 : 2;
  }
  return files;
}

/** → the merged tree; null where the two conflict. Needs git 2.38; an older one only knows fast-forwards. */
export async function mergedTree(
  repository: string,
  base: CommitSha,
  head: CommitSha,
): Promise<string | null> {
  if (await isAncestor(repository, base, head)) return git(repository, ['rev-parse', `${head}^{tree}`]);
  const { code, output } = await askGit(repository, [
    'merge-tree',
    '--write-tree',
    '--no-messages',
    base,
    head,
  ]);
  if (code !== 0) return null;
  return output.toString('utf8').trim().split('\n')[0] ?? null;
}
