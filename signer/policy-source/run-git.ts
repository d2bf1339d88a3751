/** Git on the signer's own bare clone of the policy repository. Nothing is ever checked out. */
import { CodedError } from '#core/error/index.ts';
import type { ErrorFacts } from '#core/error/index.ts';
import { git as gitAt, GitError, type GitOptions } from '../../lib/host/git/index.ts';

export interface PolicyClone {
  readonly directory: string;
  readonly url: string;
  readonly ref: string;
  /** What a host may send; default: `cloneBounds`. */
  readonly bounds?: CloneBounds;
}

export interface CloneBounds {
  /** Of one fetch, in bytes. */
  readonly fetchBytesMax: number;
  /** For everything ever fetched, including what was never accepted. */
  readonly cloneBytesMax: number;
}

/** Hundreds of times the size of a history with thousands of projects. */
export const cloneBounds: CloneBounds = { fetchBytesMax: 512 * 1024 ** 2, cloneBytesMax: 4 * 1024 ** 3 };

/** Files of a commit that no policy may have: links, submodules, too many or too large ones. */
export class TreeRefusedError extends CodedError<'TREE_REFUSED'> {
  static override readonly errorName = 'TreeRefusedError';
  constructor(message: string, options?: ErrorFacts) {
    super('TREE_REFUSED', message, options);
  }
}

/** Rejects (GitError) where it fails or takes over a minute. */
export function git(
  clone: Pick<PolicyClone, 'directory'>,
  args: readonly string[],
  bounds: Pick<GitOptions, 'fileBytesMax'> = {},
): Promise<Buffer> {
  return gitAt({ gitDir: clone.directory }, args, {
    protocols: ['file', 'http', 'https', 'ssh'],
    ...bounds,
  });
}

/** git's exit code where a command failed; null: it didn't finish. */
export function exitCodeOf(error: unknown): number | null {
  return error instanceof GitError ? error.exitCode : null;
}

/** For what may be long: rejects (GitError) where it answers more than that, or takes over two minutes. */
export function askGit(
  clone: Pick<PolicyClone, 'directory'>,
  args: readonly string[],
  stdin: string,
  outputBytesMax: number,
): Promise<Buffer> {
  const bounds = { outputBytesMax, timeoutMilliseconds: 120_000 };
  return gitAt({ gitDir: clone.directory }, args, { stdin, ...bounds });
}

/** One `git cat-file --batch` or `--batch-check` for many objects; rejects beyond `outputBytesMax`. */
export function catFiles(
  clone: Pick<PolicyClone, 'directory'>,
  option: '--batch' | '--batch-check',
  names: readonly string[],
  outputBytesMax: number,
): Promise<Buffer> {
  const stdin = names.map((name) => `${name}\n`).join('');
  return askGit(clone, ['cat-file', option], stdin, outputBytesMax);
}
