/** Git for reading: three commands that change nothing. */
import { git, GitError } from '../../lib/host/git/index.ts';
import { CliError } from '../error.ts';

/** The only git commands that this program runs. */
export type GitReadCommand = 'rev-parse' | 'ls-tree' | 'cat-file';

/** repository, command, arguments and standard input → standard output. */
export async function gitRead(
  repository: string,
  command: GitReadCommand,
  args: readonly string[],
  stdin = '',
): Promise<Buffer> {
  try {
    const bounds = { timeoutMilliseconds: 120_000, outputBytesMax: 256 * 1024 * 1024 };
    return await git({ folder: repository }, [command, ...args], { stdin, ...bounds });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const where = error.code === 'GIT_NOT_STARTED' ? '' : ` (in ${repository})`;
    throw new CliError('USAGE', `${error.message}${where}`, error);
  }
}
