/**
 * The portal's own bare clone of the policy repository. It never decides which commit holds: the signer
 * does, and the portal shows what the signer accepted. A fetch runs only for a commit not yet here.
 */
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommitSha } from '../../core/ids/index.ts';
import { loadSnapshot } from '../../core/policy/index.ts';
import type { PolicySnapshot } from '../../core/policy/index.ts';
import { PolicyRepositoryError, git } from './git.ts';
import { readTree } from './read-tree.ts';

export interface PolicyFiles {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly snapshot: PolicySnapshot;
}

export interface PolicyRepository {
  /** Files and parsed snapshot of a commit; a commit never changes, so the answer is kept. */
  at(commit: CommitSha): Promise<PolicyFiles>;
}

const commitsKeptMax = 16;

export function openPolicyRepository(input: {
  readonly url: string;
  readonly cloneDir: string;
}): PolicyRepository {
  const kept = new Map<CommitSha, Promise<PolicyFiles>>();
  let fetching: Promise<void> | null = null;
  /** One fetch at a time: two writers of one bare repository trip over each other's locks. */
  const fetchOnce = async (): Promise<void> => {
    fetching ??= fetchAll(input).finally(() => {
      fetching = null;
    });
    await fetching;
  };
  const load = async (commit: CommitSha): Promise<PolicyFiles> => {
    if (!(await hasCommit(input.cloneDir, commit))) await fetchOnce();
    if (!(await hasCommit(input.cloneDir, commit))) {
      throw new PolicyRepositoryError('COMMIT_MISSING', `policy commit ${commit} is not in ${input.url}`);
    }
    const files = await readTree(input.cloneDir, commit);
    const loaded = loadSnapshot(files, commit);
    if (!loaded.ok) {
      const first = loaded.diagnostics[0];
      throw new PolicyRepositoryError(
        'POLICY_INVALID',
        `policy commit ${commit}: ${first === undefined ? 'not a policy' : `${first.file}:${first.line} ${first.message}`}`,
      );
    }
    return { files, snapshot: loaded.snapshot };
  };
  return {
    at(commit) {
      const found = kept.get(commit);
      if (found !== undefined) return found;
      const loading = load(commit);
      kept.set(commit, loading);
      // A failure may be a git host that is down for a moment: ask again the next time.
      loading.catch(() => kept.delete(commit));
      const oldest = kept.keys().next().value;
      if (kept.size > commitsKeptMax && oldest !== undefined) kept.delete(oldest);
      return loading;
    },
  };
}

async function hasCommit(cloneDir: string, commit: CommitSha): Promise<boolean> {
  try {
    await git(['-C', cloneDir, 'cat-file', '-e', `${commit}^{commit}`]);
    return true;
  } catch {
    return false;
  }
}

async function fetchAll(input: { readonly url: string; readonly cloneDir: string }): Promise<void> {
  const there = await stat(join(input.cloneDir, 'HEAD')).catch(() => null);
  if (there === null) {
    await mkdir(input.cloneDir, { recursive: true });
    await git(['init', '--quiet', '--bare', input.cloneDir]);
  }
  await git([
    '-C',
    input.cloneDir,
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-auto-gc',
    '--end-of-options',
    input.url,
    '+refs/heads/*:refs/heads/*',
  ]);
}
