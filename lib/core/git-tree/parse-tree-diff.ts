import { GitTreeError } from './error.ts';
import { asFile, parsePath, type TreeLimits } from './parse-listing.ts';
import type { TreeEntry } from './parse-listing.ts';

/** A file that one commit has and another hasn't, or has with other contents. */
export interface ChangedFile {
  readonly path: string;
  /** Id of the blob now; null: the file is gone. */
  readonly object: string | null;
}

const ascii = new TextDecoder('latin1');
const header = /^:\d{6} (\d{6}) (?:[0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) ([AMDT])$/;

/**
 * Output of `git diff-tree -r -z --raw --no-renames <commit> <commit>` (git-diff(1), raw output format: `:<mode> SP <mode> SP <id> SP
 * <id> SP <status> NUL <path> NUL`) → the files that differ; null where they are more than `filesMax`.
 * Rejects (GitTreeError) what `parseTreeListing` rejects of what is there now.
 */
export function parseTreeDiff(output: Uint8Array, filesMax: number): readonly ChangedFile[] | null {
  const files = new Map<string, ChangedFile>();
  let at = 0;
  while (at < output.length) {
    if (files.size >= filesMax) return null;
    const middle = output.indexOf(0, at);
    const end = middle < 0 ? -1 : output.indexOf(0, middle + 1);
    const match = end < 0 ? null : header.exec(ascii.decode(output.subarray(at, middle)));
    if (match === null) {
      const shown = JSON.stringify(ascii.decode(output.subarray(at, at + 120)));
      throw new GitTreeError('LISTING_MALFORMED', null, `git compared ${shown}, which is not a changed file`);
    }
    const [, mode = '', object = '', status = ''] = match;
    const path = parsePath(output.subarray(middle + 1, end));
    if (files.has(path)) throw new GitTreeError('LISTING_MALFORMED', path, 'is listed twice');
    if (status !== 'D') asFile(mode, path);
    files.set(path, { path, object: status === 'D' ? null : object });
    at = end + 1;
  }
  return [...files.values()];
}

/**
 * Output of `git cat-file --batch-check`, given the objects of `files` in their order (`<object> SP blob SP <size> LF`) → the files with
 * their sizes. Rejects (GitTreeError) what isn't there, what is no blob, and files over the limit.
 */
export function withSizes(
  output: Uint8Array,
  files: readonly { readonly path: string; readonly object: string }[],
  { fileSizeBytesMax }: Pick<TreeLimits, 'fileSizeBytesMax'>,
): readonly TreeEntry[] {
  const lines = ascii.decode(output).split('\n');
  if (lines.length !== files.length + 1 || lines.at(-1) !== '')
    throw new GitTreeError('BLOBS_MALFORMED', null, 'git named more or fewer objects than were asked for');
  return files.map(({ path, object }, index) => {
    const [found, type, size = ''] = lines[index]?.split(' ') ?? [];
    if (found !== object || type !== 'blob' || !/^\d{1,15}$/.test(size))
      throw new GitTreeError('BLOBS_MALFORMED', path, `git has no file ${object}`);
    const sizeBytes = Number(size);
    if (sizeBytes > fileSizeBytesMax) {
      const message = `has ${sizeBytes} bytes; at most ${fileSizeBytesMax} are read`;
      throw new GitTreeError('FILE_TOO_LARGE', path, message);
    }
    return { path, object, sizeBytes };
  });
}
