/** All files of one commit, read from a bare clone in two git calls. */
import type { CommitSha } from '../../core/ids/index.ts';
import { PolicyRepositoryError, git } from './git.ts';

const filesMax = 80_000;
const fileBytesMax = 256 * 1024;
const totalBytesMax = 56 * 1024 * 1024;

/**
 * commit → path to bytes. Rejects symbolic links, submodules and executables' siblings of other kinds
 * (only regular files may carry policy), and trees over the limits.
 */
export async function readTree(
  cloneDir: string,
  commit: CommitSha,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const listing = await git(['-C', cloneDir, 'ls-tree', '-r', '-z', '-l', '--full-tree', commit]);
  const entries = listing
    .toString('utf8')
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => parseEntry(line, commit));
  if (entries.length > filesMax) throw unacceptable(commit, `${entries.length} files; at most ${filesMax}`);
  const total = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  if (total > totalBytesMax) throw unacceptable(commit, `${total} bytes; at most ${totalBytesMax}`);
  if (entries.length === 0) return new Map();
  const batch = await git(
    ['-C', cloneDir, 'cat-file', '--batch'],
    entries.map((entry) => `${entry.object}\n`).join(''),
  );
  return parseBatch(batch, entries, commit);
}

interface TreeEntry {
  readonly path: string;
  readonly object: string;
  readonly sizeBytes: number;
}

function parseEntry(line: string, commit: CommitSha): TreeEntry {
  const match = /^(\d{6}) (\w+) ([0-9a-f]{40,64}) +(\d+|-)\t(.+)$/s.exec(line);
  if (match === null)
    throw unacceptable(commit, `an entry git lists as ${JSON.stringify(line.slice(0, 200))}`);
  const [, mode, , object = '', size, path = ''] = match;
  if (mode !== '100644' && mode !== '100755') {
    throw unacceptable(commit, `${path} has mode ${mode ?? '?'}; only regular files may carry policy`);
  }
  const sizeBytes = Number(size);
  if (sizeBytes > fileBytesMax)
    throw unacceptable(commit, `${path} has ${sizeBytes} bytes; at most ${fileBytesMax}`);
  return { path, object, sizeBytes };
}

/** `git cat-file --batch`: for each object `<id> SP <type> SP <size> LF <contents> LF` (git-cat-file(1)). */
function parseBatch(
  batch: Buffer,
  entries: readonly TreeEntry[],
  commit: CommitSha,
): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let offset = 0;
  for (const entry of entries) {
    const lineEnd = batch.indexOf(0x0a, offset);
    const header = batch.subarray(offset, lineEnd).toString('latin1');
    if (lineEnd < 0 || header !== `${entry.object} blob ${entry.sizeBytes}`) {
      throw unacceptable(commit, `${entry.path} can't be read (${header.slice(0, 120)})`);
    }
    const start = lineEnd + 1;
    files.set(entry.path, new Uint8Array(batch.subarray(start, start + entry.sizeBytes)));
    offset = start + entry.sizeBytes + 1;
  }
  return files;
}

const unacceptable = (commit: CommitSha, detail: string): PolicyRepositoryError =>
  new PolicyRepositoryError('TREE_UNACCEPTABLE', `policy commit ${commit}: ${detail}`);
