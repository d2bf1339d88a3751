/** The portal's own bare clone: fetched into, never checked out. */
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isError } from '#core/error/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import { PolicyRepositoryError, git } from './git.ts';

export interface Clone {
  readonly url: string;
  readonly directory: string;
}

const branchRefs = 'refs/countersign/branches/';
const tipsMax = 5_000;
const tipsAtOnceMax = 100;
/** A failed fetch is retried in halves, until the faulty commit is isolated. */
const triesMax = 60;

/**
 * Brings the clone up to date. Branches are asked for by the commits they point at, and kept under those: no branch name gets
 * in the way of another, and one that can't be fetched affects only itself. Branches deleted there are deleted here, too;
 * commits read once stay readable, because `keepCommit` holds on to them.
 */
export async function fetchBranches(clone: Clone): Promise<void> {
  const there = await stat(join(clone.directory, 'HEAD')).catch(() => null);
  if (there === null) {
    await mkdir(clone.directory, { recursive: true });
    await git(['init', '--quiet', '--bare', clone.directory]);
  }
  const tips = await remoteTips(clone);
  const missing = await missingCommits(clone, tips);
  const budget = { tries: triesMax };
  for (let at = 0; at < missing.length; at += tipsAtOnceMax) {
    await fetchTips(clone, missing.slice(at, at + tipsAtOnceMax), budget);
  }
  await pruneBranches(clone, tips);
}

/** The commits that the remote's branches point at, each once. */
async function remoteTips(clone: Clone): Promise<readonly string[]> {
  const listed = await git(['ls-remote', '--heads', '--end-of-options', clone.url]);
  const names = listed
    .toString('utf8')
    .split('\n')
    .flatMap((line) => /^([0-9a-f]{40,64})\t/.exec(line)?.[1] ?? []);
  return [...new Set(names)].slice(0, tipsMax);
}

async function missingCommits(clone: Clone, commits: readonly string[]): Promise<readonly string[]> {
  if (commits.length === 0) return [];
  const asked = commits.map((commit) => `${commit}^{commit}\n`).join('');
  const answer = await git(['-C', clone.directory, 'cat-file', '--batch-check'], asked);
  const lines = answer.toString('utf8').split('\n');
  return commits.filter((_, index) => lines[index]?.endsWith(' missing') !== false);
}

async function fetchTips(clone: Clone, commits: readonly string[], budget: { tries: number }): Promise<void> {
  if (commits.length === 0 || budget.tries <= 0) return;
  budget.tries -= 1;
  try {
    await fetch(
      clone,
      commits.map((commit) => `+${commit}:${branchRefs}${commit}`),
    );
  } catch (error) {
    const refused = isError(error, PolicyRepositoryError) && error.code === 'GIT_FAILED';
    if (!refused) throw error;
    if (commits.length === 1) return;
    const half = Math.ceil(commits.length / 2);
    await fetchTips(clone, commits.slice(0, half), budget);
    await fetchTips(clone, commits.slice(half), budget);
  }
}

/** Also what earlier versions kept under the branches' own names. */
async function pruneBranches(clone: Clone, tips: readonly string[]): Promise<void> {
  const kept = new Set(tips.map((tip) => `${branchRefs}${tip}`));
  const format = '--format=%(refname)';
  const listed = await git(['-C', clone.directory, 'for-each-ref', format, branchRefs, 'refs/heads/']);
  const gone = listed
    .toString('utf8')
    .split('\n')
    .filter((ref) => ref !== '' && !kept.has(ref));
  if (gone.length === 0) return;
  const orders = gone.map((ref) => `delete ${ref}\n`).join('');
  await git(['-C', clone.directory, 'update-ref', '--no-deref', '--stdin'], orders);
}

/** One commit that no branch holds, such as the head of a pull request from a fork: a host may give it by its name. */
export async function fetchCommit(clone: Clone, commit: CommitSha): Promise<void> {
  // Refused by hosts that only serve commits of branches and tags: then the commit can't be fetched.
  await fetch(clone, [`+${commit}:refs/countersign/kept/${commit}`]).catch(() => undefined);
}

/** Holds on to a commit, so that no later clean-up of git removes what a public page links to. */
export async function keepCommit(clone: Clone, commit: CommitSha): Promise<void> {
  await git(['-C', clone.directory, 'update-ref', `refs/countersign/kept/${commit}`, commit]);
}

async function fetch(clone: Clone, refs: readonly string[]): Promise<void> {
  const options = ['--quiet', '--no-tags', '--no-auto-gc', '--no-write-fetch-head'];
  await git(['-C', clone.directory, 'fetch', ...options, '--end-of-options', clone.url, ...refs]);
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
