/** The date of a policy: that of its commit, covered by every signature of the commit. */
import { GitCommitError, parseGitCommit } from '#core/approval/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import { readCommitObject } from './read-clone.ts';
import type { PolicyClone } from './run-git.ts';

/** Clocks differ. */
const aheadMillisecondsMax = 10 * 60_000;

/** → when it was committed; null where this software can't read the commit object. */
export async function dateOf(clone: PolicyClone, commit: CommitSha): Promise<Date | null> {
  try {
    const object = await readCommitObject(clone, commit);
    return parseGitCommit(object, commit.length === 40 ? 'sha1' : 'sha256').committer.at;
  } catch (error) {
    if (error instanceof GitCommitError) return null;
    throw error;
  }
}

/**
 * Why a commit with this date can't follow the accepted one; null: it can. A future date would keep it fresh for too
 * long; an earlier one would make it older than its predecessor.
 */
export function dateProblem(date: Date | null, accepted: Date | null, now: Date): string | null {
  if (date === null) return 'The commit has no date that can be read.';
  if (date.getTime() > now.getTime() + aheadMillisecondsMax) {
    return `The commit is dated ${date.toISOString()}, which is in the future: correct the clock where it was made, and make it again; or wait until then.`;
  }
  // Only the pinned first commit can be dated in the future; it must not hold up all others until then.
  const earliest =
    accepted === null || accepted.getTime() > now.getTime() + aheadMillisecondsMax ? null : accepted;
  if (earliest !== null && date < earliest) {
    return `The commit is dated ${date.toISOString()}, before the policy in force (${earliest.toISOString()}): correct the clock where it was made, and make it again (git commit --amend).`;
  }
  return null;
}
