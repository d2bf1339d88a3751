import { GitTreeError } from './error.ts';
import { parsePath } from './parse-listing.ts';

/** One entry of a tree: a file, or a folder with a tree of its own. */
export interface TreeItem {
  readonly name: string;
  readonly isFolder: boolean;
  /** Id of the blob or tree: equal ids mean equal contents. */
  readonly object: string;
}

/** Of one folder: `projects` has one for each project. */
const itemsMax = 200_000;
const space = 0x20;

/**
 * A tree object (`git cat-file tree`: `<mode> SP <name> NUL <id>` for each item, the id as 20 octets of SHA-1 or 32 of
 * SHA-256) → its items in git's order, in which a folder's name ends with `/`.
 * Rejects (GitTreeError) what `parseTreeListing` rejects of modes and names, and what git doesn't write.
 */
export function parseTree(bytes: Uint8Array, idOctets: 20 | 32): readonly TreeItem[] {
  const items: TreeItem[] = [];
  let at = 0;
  while (at < bytes.length) {
    const gap = bytes.indexOf(space, at);
    const end = bytes.indexOf(0, gap + 1);
    const next = end + 1 + idOctets;
    if (gap < 0 || end < 0 || next > bytes.length)
      throw new GitTreeError('LISTING_MALFORMED', null, 'the tree ends in the middle of an item');
    if (items.length >= itemsMax)
      throw new GitTreeError('TOO_MANY_FILES', null, `a folder has more than ${itemsMax} files`);
    const mode = Buffer.from(bytes.subarray(at, gap)).toString('latin1');
    const name = parsePath(bytes.subarray(gap + 1, end));
    if (name.includes('/')) throw new GitTreeError('PATH_UNSAFE', name, "a file name can't contain a slash");
    items.push({
      name,
      isFolder: isFolder(mode, name),
      object: Buffer.from(bytes.subarray(end + 1, next)).toString('hex'),
    });
    at = next;
  }
  return items;
}

function isFolder(mode: string, name: string): boolean {
  if (mode === '40000') return true;
  if (mode === '100644' || mode === '100755') return false;
  throw new GitTreeError('NOT_A_FILE', name, `is of mode ${mode}; only regular files may contain policy`);
}
