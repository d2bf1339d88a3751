/** One file of a commit of the local repository. */
import type { CommitSha } from '#core/ids/index.ts';
import { GitHostError } from '../error.ts';
import { askGit } from './git.ts';

const fileBytesMax = 4 * 1024 * 1024;

export async function readFileAt(
  repository: string,
  commit: CommitSha,
  path: string,
): Promise<Uint8Array | null> {
  // A path is a path, whatever git's pathspecs would make of it.
  const listing = await askGit(repository, ['ls-tree', '-z', '--long', commit, '--', path], {
    env: { GIT_LITERAL_PATHSPECS: '1' },
  });
  if (listing.code !== 0) throw new GitHostError('NOT_FOUND', `there is no commit ${commit} here`);
  const [line = ''] = listing.output.toString('utf8').split('\0');
  const match = /^(\d{6}) (\w+) ([0-9a-f]{40,64}) +(\d+|-)\t(.+)$/su.exec(line);
  if (match === null) return null;
  const [, mode, , object = '', size, found] = match;
  if (found !== path) return null;
  if (mode !== '100644' && mode !== '100755') throw new GitHostError('INVALID', `${path} is no plain file`);
  if (Number(size) > fileBytesMax)
    throw new GitHostError('INVALID', `${path} has over ${fileBytesMax} bytes`);
  const { code, output, complaint } = await askGit(repository, ['cat-file', 'blob', object]);
  if (code !== 0) throw new GitHostError('UNAVAILABLE', `${path} can't be read: ${complaint}`);
  return new Uint8Array(output);
}
