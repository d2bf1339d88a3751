/**
 * The portal's own bare clone of the policy repository. It never decides which commit holds: the signer
 * does, and the portal shows what the signer accepted. A fetch runs only for a commit not yet here.
 */
import { parseCommitSha, parseProjectSlug } from '#core/ids/index.ts';
import type { CommitSha, ProjectSlug } from '#core/ids/index.ts';
import type { PolicySnapshot, SnapshotResult } from '#core/policy/index.ts';
import { isError } from '#core/error/index.ts';
import { fetchBranches, fetchCommit, findMergeBase, keepCommit } from './clone.ts';
import type { Clone } from './clone.ts';
import { PolicyRepositoryError } from './git.ts';
import { readCommitsBetween } from './history.ts';
import type { CommitRecord } from './history.ts';
import { loadInTurns } from './load-in-turns.ts';
import { openObjectReader } from './object-reader.ts';
import { readPart } from './read-part.ts';
import type { AskedPart } from './read-part.ts';
import { readTree } from './read-tree.ts';
import { findChangedFiles, readFileAt, readFolder } from './walk-tree.ts';
import type { ChangedFiles } from './walk-tree.ts';

export interface PolicyFiles {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly snapshot: PolicySnapshot;
}

/** An unverified commit: it may not be a valid policy. */
export interface ProposedFiles {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly loaded: SnapshotResult;
}

export interface PolicyRepository {
  /** Files and parsed snapshot of a commit; a commit never changes, so the answer is kept. */
  at(commit: CommitSha): Promise<PolicyFiles>;
  /** The same of a commit that may be no valid policy. What is as in `known` isn't parsed again. */
  proposal(commit: CommitSha, known: PolicySnapshot | null): Promise<ProposedFiles>;
  /** Where the histories of two commits part. */
  mergeBase(a: CommitSha, b: CommitSha): Promise<CommitSha>;
  /** Commits of `head` that `base` lacks, newest first; at most 200. */
  commitsBetween(base: CommitSha, head: CommitSha): Promise<readonly CommitRecord[]>;
  /** Names of a path's tree or blob in many commits; equal names have equal content. null: it isn't there. */
  treesOf(commits: readonly CommitSha[], path: string): Promise<readonly (string | null)[]>;
  /** Files that differ, at most `filesMax` of `foldersMax` folders. `before` null: all are new. `inside`: one project's alone. */
  changedFiles(asked: {
    readonly before: CommitSha | null;
    readonly after: CommitSha;
    readonly inside: ProjectSlug | null;
    readonly filesMax: number;
    readonly foldersMax: number;
  }): Promise<ChangedFiles>;
  /** Contents of a blob that `changedFiles` named. */
  blob(id: string): Promise<Uint8Array>;
  /** One file of a commit; null: it isn't there. */
  fileAt(commit: CommitSha, path: string): Promise<Uint8Array | null>;
  /** Projects that have a folder, in the order of their paths, with the names of their trees. */
  projectsAt(commit: CommitSha): Promise<ReadonlyMap<ProjectSlug, string>>;
  /**
   * A few projects of an accepted commit, with what their policies depend on; nothing is checked but each file by itself.
   * What is as in `previous` isn't parsed again.
   */
  partAt(commit: CommitSha, asked: AskedPart, previous?: PolicySnapshot): Promise<PolicySnapshot>;
}

const commitsKeptMax = 16;

export function openPolicyRepository(input: {
  readonly url: string;
  readonly cloneDir: string;
}): PolicyRepository {
  const clone: Clone = { url: input.url, directory: input.cloneDir };
  const reader = openObjectReader(clone.directory);
  const accepted = new Recent<Promise<PolicyFiles>>(commitsKeptMax);
  const proposed = new Recent<Promise<ProposedFiles>>(commitsKeptMax);
  /** The newest good snapshot: whatever is read next differs from it in a few files. */
  let newest: PolicySnapshot | null = null;
  let fetching: Promise<void> | null = null;
  /** One fetch at a time: two writers of one bare repository would conflict over its locks. */
  const fetchOnce = async (): Promise<void> => {
    fetching ??= fetchBranches(clone).finally(() => {
      fetching = null;
    });
    await fetching;
  };
  const has = async (commit: CommitSha): Promise<boolean> => {
    try {
      return (await reader.read(commit))?.type === 'commit';
    } catch (error) {
      // There is no clone yet.
      if (isError(error, PolicyRepositoryError) && error.code === 'GIT_FAILED') return false;
      throw error;
    }
  };
  const need = async (commit: CommitSha): Promise<void> => {
    if (await has(commit)) return;
    await fetchOnce();
    reader.renew();
    if (await has(commit)) return;
    await fetchCommit(clone, commit);
    if (await has(commit)) return;
    throw new PolicyRepositoryError('COMMIT_MISSING', `policy commit ${commit} is not in ${input.url}`);
  };

  const load = async (commit: CommitSha): Promise<PolicyFiles> => {
    await need(commit);
    const files = await readTree(clone.directory, commit, newest);
    // By the rules of its day: the signer refuses only projects that break those of today.
    const loaded = await loadInTurns(files, commit, newest, 'accepted');
    if (!loaded.ok) {
      const first = loaded.diagnostics[0];
      throw new PolicyRepositoryError(
        'POLICY_INVALID',
        `policy commit ${commit}: ${first === undefined ? 'not a policy' : `${first.file}:${first.line} ${first.message}`}`,
      );
    }
    newest = loaded.snapshot;
    await keepCommit(clone, commit);
    return { files, snapshot: loaded.snapshot };
  };

  return {
    at: (commit) => accepted.get(commit, () => load(commit)),
    proposal: (commit, known) =>
      proposed.get(commit, async () => {
        await need(commit);
        const before = known ?? newest;
        const files = await readTree(clone.directory, commit, before);
        return { files, loaded: await loadInTurns(files, commit, before) };
      }),
    async mergeBase(a, b) {
      if (a === b) return a;
      await need(a);
      await need(b);
      return parseCommitSha(await findMergeBase(clone, a, b));
    },
    async commitsBetween(base, head) {
      if (base === head) return [];
      await need(base);
      await need(head);
      return readCommitsBetween(clone, base, head);
    },
    async treesOf(commits, path) {
      const known = await Promise.all(commits.map(has));
      if (known.includes(false)) {
        await fetchOnce();
        reader.renew();
      }
      const found = await Promise.all(commits.map((commit) => reader.read(`${commit}:${path}`)));
      return found.map((object) => object?.id ?? null);
    },
    async changedFiles({ inside, ...asked }) {
      if (asked.before !== null) await need(asked.before);
      await need(asked.after);
      return findChangedFiles(reader, { ...asked, inside: inside === null ? null : `projects/${inside}` });
    },
    async blob(id) {
      const found = await reader.read(id);
      if (found?.type === 'blob') return found.bytes;
      throw new PolicyRepositoryError('COMMIT_MISSING', `there is no blob ${id}`);
    },
    async fileAt(commit, path) {
      await need(commit);
      return readFileAt(reader, commit, path);
    },
    async projectsAt(commit) {
      await need(commit);
      const folder = await readFolder(reader, `${commit}:projects`);
      const projects = folder?.items.filter((item) => item.isFolder) ?? [];
      return new Map(projects.map(({ name, object }) => [parseProjectSlug(name), object]));
    },
    async partAt(commit, asked, previous) {
      await need(commit);
      return readPart(reader, commit, asked, previous ?? null);
    },
  };
}

/** Answers about commits, the most recently used kept. Failures aren't cached: a Git host may be down for a moment. */
class Recent<Answer extends Promise<unknown>> {
  readonly #kept = new Map<CommitSha, Answer>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get(commit: CommitSha, make: () => Answer): Answer {
    const found = this.#kept.get(commit);
    const answer = found ?? make();
    this.#kept.delete(commit);
    this.#kept.set(commit, answer);
    if (found === undefined) answer.catch(() => this.#kept.delete(commit));
    const oldest = this.#kept.keys().next().value;
    if (this.#kept.size > this.#max && oldest !== undefined) this.#kept.delete(oldest);
    return answer;
  }
}
