/**
 * The Git host seen from the policy repository: changes come as branches and pull requests, get a plan as one comment,
 * a check with annotations, reviews, and a merge of exactly what was reviewed.
 *
 * One instance speaks for one repository. Every call that changes something can be repeated: who was cut off in the
 * middle calls again with the same input and gets the same result.
 *
 * What an implementation over a plain bare repository does with it: branches, commits, files, compare and merge are git
 * commands with the expected value as in `git update-ref <ref> <new> <old>`; pull requests, comments, checks and reviews
 * are rows; `mergeable` is `git merge-tree`; an `Account` is a person's under people/. Nothing here names HTTP.
 */
import type { StoredIdentity } from '#core/identity/index.ts';
import type { CommitSha } from '#core/ids/index.ts';

/** Host and id tell who it is; names get reused. A plain repository's accounts are those of the people that policies name. */
export interface Account extends StoredIdentity {
  readonly login: string;
}

/** One file of a commit: its whole new text, or null to remove it. */
export interface FileChange {
  readonly path: string;
  readonly content: string | null;
}

export interface BranchPoint {
  readonly branch: string;
  readonly commit: CommitSha;
  /** Numeric id of the repository the branch lives in; null where that repository (a fork) is gone. */
  readonly repositoryId: string | null;
}

export interface PullRequest {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly draft: boolean;
  readonly author: Account;
  readonly head: BranchPoint;
  /** `commit` is where the base stood when the host last looked; `mergeState` asks where it stands now. */
  readonly base: BranchPoint;
  /** The commit on the base branch; only when merged. */
  readonly mergeCommit: CommitSha | null;
  readonly url: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface StickyComment {
  readonly id: string;
  readonly url: string;
  readonly outcome: 'created' | 'edited' | 'unchanged';
}

export type CheckConclusion = 'success' | 'failure' | 'neutral' | 'action_required';

/** Lines and columns count from 1; columns only where the annotation stays on one line. */
export interface CheckAnnotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly startColumn?: number;
  readonly endColumn?: number;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly title: string;
  readonly message: string;
}

export interface CheckResult {
  readonly commit: CommitSha;
  readonly name: string;
  /** Names this very result, for example the hash of all below: publishing it again continues or does nothing. */
  readonly externalId: string;
  readonly conclusion: CheckConclusion;
  readonly title: string;
  readonly summary: string;
  readonly annotations: readonly CheckAnnotation[];
}

export interface CheckRun {
  readonly id: string;
  readonly name: string;
  readonly externalId: string | null;
  readonly commit: CommitSha;
  readonly url: string | null;
  /** null while it runs; conclusions that only the host knows (cancelled, timed_out …) are kept as they are. */
  readonly conclusion: string | null;
  readonly annotationsCount: number;
}

export interface Review {
  readonly id: string;
  readonly reviewer: Account;
  readonly state: 'approved' | 'changes_requested' | 'commented' | 'dismissed';
  /** The head it was made on; null where the host no longer knows. */
  readonly commit: CommitSha | null;
  readonly submittedAt: Date;
  /** The reviewer's text; null: none. */
  readonly body: string | null;
}

export interface MergeState {
  readonly state: PullRequest['state'];
  readonly draft: boolean;
  readonly head: CommitSha;
  /** Where the base branch stands now. */
  readonly base: CommitSha;
  /** null: the host hasn't worked it out in the time we wait. */
  readonly mergeable: boolean | null;
  /** Commits of the base that the head lacks: more than none makes a plan stale. */
  readonly behindBy: number;
  readonly aheadBy: number;
}

export interface ChangedFile {
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed' | 'unchanged';
}

export interface Comparison {
  readonly status: 'identical' | 'ahead' | 'behind' | 'diverged';
  readonly mergeBase: CommitSha;
  readonly aheadBy: number;
  readonly behindBy: number;
  /** What the head changed since the merge base; always all of it. */
  readonly files: readonly ChangedFile[];
}

/** All reject with GitHostError. */
export interface GitHost {
  /** → the branch's head, or null when there is none. */
  branchHead(branch: string): Promise<CommitSha | null>;
  /** All branches, by name. PARTIAL beyond 1000. */
  branches(): Promise<readonly { readonly branch: string; readonly commit: CommitSha }[]>;
  /**
   * One commit on top of `base`, on a new branch; without changes one that only has a date of its own. CONFLICT where the branch
   * exists and is anything else.
   */
  createBranch(input: {
    readonly branch: string;
    readonly base: CommitSha;
    readonly message: string;
    readonly changes: readonly FileChange[];
  }): Promise<CommitSha>;
  /** One more commit on a branch that still stands at `expectedHead`; CONFLICT where it moved. */
  addCommit(input: {
    readonly branch: string;
    readonly expectedHead: CommitSha;
    readonly message: string;
    readonly changes: readonly FileChange[];
  }): Promise<CommitSha>;
  /** Opens it, or returns the open one from the same branch to the same base. */
  openPullRequest(input: {
    readonly branch: string;
    readonly base: string;
    readonly title: string;
    readonly body: string;
  }): Promise<PullRequest>;
  updatePullRequest(input: {
    readonly number: number;
    readonly title?: string;
    readonly body?: string;
  }): Promise<PullRequest>;
  /** Without merging. Closing a closed one is no error; a merged one is a CONFLICT. */
  closePullRequest(number: number): Promise<PullRequest>;
  pullRequest(number: number): Promise<PullRequest>;
  /** All open ones, oldest first. */
  openPullRequests(): Promise<readonly PullRequest[]>;
  /** The newest closed and merged ones, newest first. */
  closedPullRequests(input: {
    /** At most 100. */
    readonly limit: number;
  }): Promise<readonly PullRequest[]>;
  /** The one comment with this marker on a pull request: created, edited, or left if it is the same already. */
  setStickyComment(input: {
    readonly number: number;
    /** 1 to 64 of a-z, 0-9 and hyphen; hidden in the comment to find it again. */
    readonly marker: string;
    readonly body: string;
  }): Promise<StickyComment>;
  /** A check is concluded only once all its annotations are there. */
  publishCheck(result: CheckResult): Promise<CheckRun>;
  /** Our own checks on a commit, oldest first. */
  checks(commit: CommitSha): Promise<readonly CheckRun[]>;
  /** All reviews, oldest first; what they count for is `standingReviews`. */
  reviews(number: number): Promise<readonly Review[]>;
  mergeState(number: number): Promise<MergeState>;
  /**
   * Merges the base into the pull request's branch, so that its head holds all of the base → the new head; the head
   * itself where it does already. CONFLICT where head or base aren't the expected ones or can't be merged.
   */
  updateBranch(input: {
    readonly number: number;
    readonly expectedHead: CommitSha;
    readonly expectedBase: CommitSha;
  }): Promise<CommitSha>;
  /**
   * → the commit the base branch then stands at. CONFLICT where head or base aren't the expected ones or can't be
   * merged. `fast-forward` moves the base to the head itself, so that the maintainers' own signatures stay on top;
   * `merge` makes a commit of the host's.
   */
  merge(input: {
    readonly number: number;
    readonly expectedHead: CommitSha;
    readonly expectedBase: CommitSha;
    readonly method: 'merge' | 'fast-forward';
    readonly title: string;
  }): Promise<CommitSha>;
  /**
   * Signatures that people gave to a commit beside it, as they lie in the repository (a note of
   * refs/notes/policy-signatures); null: none.
   */
  coSignatures(commit: CommitSha): Promise<string | null>;
  /** Adds one more; adding the same one again changes nothing. */
  addCoSignature(input: { readonly commit: CommitSha; readonly signature: string }): Promise<void>;
  /** → the file's bytes, or null when there is none. INVALID for folders, symbolic links and submodules. */
  readFile(input: { readonly commit: CommitSha; readonly path: string }): Promise<Uint8Array | null>;
  /** PARTIAL where the host lists fewer files than it should: then ask git. */
  compare(input: { readonly base: CommitSha; readonly head: CommitSha }): Promise<Comparison>;
}
