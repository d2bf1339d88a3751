import { GitTreeError } from './error.ts';

export interface TreeEntry {
  /** With `/`, relative to the repository's root. */
  readonly path: string;
  /** Id of the blob: equal ids mean equal bytes. */
  readonly object: string;
  readonly sizeBytes: number;
}

export interface TreeLimits {
  readonly filesMax: number;
  readonly fileSizeBytesMax: number;
  readonly totalSizeBytesMax: number;
}

const pathBytesMax = 1024;

/**
 * Output of `git ls-tree -r -z --long <commit>` (git-ls-tree(1): `<mode> SP <type> SP <object> SP <size> TAB
 * <path> NUL`, the size padded with spaces) → its files, in git's order.
 *
 * Rejects (GitTreeError): anything that isn't a regular file, names that aren't UTF-8, paths with `..`, `.git`,
 * empty parts, backslashes or control characters, the same path twice, everything over the limits.
 */
export function parseTreeListing(output: Uint8Array, limits: TreeLimits): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  const paths = new Set<string>();
  let total = 0;
  let start = 0;
  while (start < output.length) {
    const end = output.indexOf(0, start);
    if (end < 0)
      throw new GitTreeError('LISTING_MALFORMED', null, 'the listing ends in the middle of a line');
    if (entries.length >= limits.filesMax) {
      throw new GitTreeError(
        'TOO_MANY_FILES',
        null,
        `the commit has more than ${limits.filesMax} files; remove files that are no longer needed`,
      );
    }
    const entry = parseLine(output.subarray(start, end), limits);
    if (paths.has(entry.path)) throw new GitTreeError('LISTING_MALFORMED', entry.path, 'is listed twice');
    paths.add(entry.path);
    total += entry.sizeBytes;
    if (total > limits.totalSizeBytesMax) {
      throw new GitTreeError(
        'TOO_MANY_BYTES',
        null,
        `the files of the commit total more than ${limits.totalSizeBytesMax} bytes`,
      );
    }
    entries.push(entry);
    start = end + 1;
  }
  return entries;
}

const ascii = new TextDecoder('latin1');
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parseLine(line: Uint8Array, limits: TreeLimits): TreeEntry {
  const tab = line.indexOf(0x09);
  const header = ascii.decode(line.subarray(0, Math.max(tab, 0)));
  const match = /^(\d{6}) (\w+) ([0-9a-f]{40}|[0-9a-f]{64}) +(\d{1,15}|-)$/.exec(header);
  const [, mode = '', , object = '', size = ''] = match ?? [];
  if (match === null) {
    const shown = JSON.stringify(ascii.decode(line.subarray(0, 120)));
    throw new GitTreeError('LISTING_MALFORMED', null, `git listed ${shown}, which is not a tree entry`);
  }
  const path = parsePath(line.subarray(tab + 1));
  asFile(mode, path);
  const sizeBytes = Number(size);
  if (size === '-' || sizeBytes > limits.fileSizeBytesMax) {
    const message = `has ${size} bytes; at most ${limits.fileSizeBytesMax} are read`;
    throw new GitTreeError('FILE_TOO_LARGE', path, message);
  }
  return { path, object, sizeBytes };
}

/** Rejects NOT_A_FILE: a link, a submodule. */
export function asFile(mode: string, path: string): void {
  if (mode === '100644' || mode === '100755') return;
  const message = `is ${kindOf(mode)}; only regular files may contain policy; replace it with a file`;
  throw new GitTreeError('NOT_A_FILE', path, message);
}

function kindOf(mode: string): string {
  if (mode === '120000') return 'a symbolic link';
  return mode === '160000' ? 'a submodule' : `of mode ${mode}`;
}

/** UTF-8 → a path that may be in a policy repository. Rejects PATH_ENCODING, PATH_UNSAFE. */
export function parsePath(bytes: Uint8Array): string {
  let path: string;
  try {
    path = utf8.decode(bytes.length > pathBytesMax ? new Uint8Array([0xff]) : bytes);
  } catch {
    const shown = JSON.stringify(ascii.decode(bytes.subarray(0, 120)));
    const problem = bytes.length > pathBytesMax ? `longer than ${pathBytesMax} bytes` : 'not UTF-8';
    throw new GitTreeError('PATH_ENCODING', null, `the file name ${shown} is ${problem}; rename the file`);
  }
  const unsafe = path
    .split('/')
    .some((part) => part === '' || part === '.' || part === '..' || part.toLowerCase() === '.git');
  if (unsafe || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\]/u.test(path)) {
    throw new GitTreeError(
      'PATH_UNSAFE',
      JSON.stringify(path),
      "a policy file can't have this path; rename it",
    );
  }
  return path;
}
