/** Git on the portal's own bare clone of the policy repository. */
import { CodedError, isError } from '#core/error/index.ts';
import { git as runGit, GitError } from '../../host/git/index.ts';

export class PolicyRepositoryError extends CodedError<
  'GIT_FAILED' | 'GIT_TIMEOUT' | 'TREE_UNACCEPTABLE' | 'COMMIT_MISSING' | 'POLICY_INVALID'
> {
  static override readonly errorName = 'PolicyRepositoryError';
  constructor(code: PolicyRepositoryError['code'], message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}

/** arguments and standard input → standard output. Rejects on a non-zero exit, a timeout or more output than that. */
export async function git(
  args: readonly string[],
  stdin = '',
  outputBytesMax = 128 * 1024 * 1024,
): Promise<Buffer> {
  try {
    return await runGit('anywhere', args, {
      stdin,
      protocols: ['file', 'https', 'http', 'ssh'],
      timeoutMilliseconds: 60_000,
      outputBytesMax,
    });
  } catch (cause) {
    if (!isError(cause, GitError)) throw cause;
    const code = cause.code === 'GIT_STOPPED' ? 'GIT_TIMEOUT' : 'GIT_FAILED';
    throw new PolicyRepositoryError(code, cause.message, cause);
  }
}
