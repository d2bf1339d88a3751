/** The portal's own bare clone: fetched into, never checked out. */
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isError } from '../../core/error-class/index.ts';
import type { CommitSha } from '../../core/ids/index.ts';
import { PolicyRepositoryError, git } from './git.ts';

export interface Clone {
  readonly url: string;
  readonly directory: string;
}

export async function hasCommit(clone: Clone, commit: CommitSha): Promise<boolean> {
  try {
    await git(['-C', clone.directory, 'cat-file', '-e', `${commit}^{commit}`]);
    return true;
  } catch {
    return false;
  }
}

/** Whether all of these commits are here: one question, however many they are. */
export async function hasCommits(clone: Clone, commits: readonly CommitSha[]): Promise<boolean> {
  const asked = commits.map((one) => `${one}^{commit}\n`).join('');
  const answer = await git(['-C', clone.directory, 'cat-file', '--batch-check'], asked).catch(() => null);
  return answer !== null && !answer.includes(' missing\n');
}

/**
 * Brings the clone up to date. Branches that are gone stay gone here too; what was read once stays readable, because
 * `keepCommit` holds on to it.
 */
export async function fetchBranches(clone: Clone): Promise<void> {
  const there = await stat(join(clone.directory, 'HEAD')).catch(() => null);
  if (there === null) {
    await mkdir(clone.directory, { recursive: true });
    await git(['init', '--quiet', '--bare', clone.directory]);
  }
  await fetch(clone, ['--prune', '+refs/heads/*:refs/heads/*']);
}

/** One commit that no branch holds, such as the head of a pull request from a fork: a host may give it by its name. */
export async function fetchCommit(clone: Clone, commit: CommitSha): Promise<void> {
  // Refused by hosts that only give what a branch or tag holds: then the commit is not to be had.
  await fetch(clone, [`+${commit}:refs/countersign/kept/${commit}`]).catch(() => undefined);
}

/** Holds on to a commit, so that no later clean-up of git removes what a public page links to. */
export async function keepCommit(clone: Clone, commit: CommitSha): Promise<void> {
  await git(['-C', clone.directory, 'update-ref', `refs/countersign/kept/${commit}`, commit]);
}

async function fetch(clone: Clone, refs: readonly string[]): Promise<void> {
  const options = refs[0]?.startsWith('--') === true ? [refs[0]] : [];
  await git([
    '-C',
    clone.directory,
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-auto-gc',
    ...options,
    '--end-of-options',
    clone.url,
    ...refs.slice(options.length),
  ]);
}

/** Where two histories part. Throws COMMIT_MISSING where they have nothing in common. */
export async function findMergeBase(clone: Clone, a: CommitSha, b: CommitSha): Promise<string> {
  try {
    return (await git(['-C', clone.directory, 'merge-base', a, b])).toString('utf8').trim();
  } catch (error) {
    const cause = isError(error, PolicyRepositoryError) && error.code === 'GIT_FAILED';
    if (!cause) throw error;
    throw new PolicyRepositoryError('COMMIT_MISSING', `${a} and ${b} have no common history`, error);
  }
}
