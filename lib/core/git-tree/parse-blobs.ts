import { GitTreeError } from './error.ts';
import type { TreeEntry } from './parse-listing.ts';

const headerBytesMax = 120;

/**
 * Output of `git cat-file --batch`, given the objects of `entries` in their order (git-cat-file(1):
 * `<object> SP blob SP <size> LF <contents> LF` for each) → contents by path. The bytes are views of the output.
 * Rejects (GitTreeError BLOBS_MALFORMED): another object, another size, missing, truncated or surplus bytes.
 */
export function parseBlobs(output: Uint8Array, entries: readonly TreeEntry[]): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let offset = 0;
  for (const { path, object, sizeBytes } of entries) {
    const newline = output.indexOf(0x0a, offset);
    const headerEnd = newline < 0 ? output.length : newline;
    const header = new TextDecoder('latin1').decode(
      output.subarray(offset, Math.min(headerEnd, offset + headerBytesMax)),
    );
    if (header !== `${object} blob ${sizeBytes}`) {
      const message = `git returned ${JSON.stringify(header)} instead of ${object} with ${sizeBytes} bytes`;
      throw new GitTreeError('BLOBS_MALFORMED', path, message);
    }
    const start = newline + 1;
    const end = start + sizeBytes;
    if (newline < 0 || output[end] !== 0x0a) {
      throw new GitTreeError('BLOBS_MALFORMED', path, "git's output is truncated");
    }
    files.set(path, output.subarray(start, end));
    offset = end + 1;
  }
  if (offset !== output.length) {
    throw new GitTreeError('BLOBS_MALFORMED', null, 'git returned more than was requested');
  }
  return files;
}
