/** Parses what git reports about the files of a commit, within limits. Pure. */
export { GitTreeError } from './error.ts';
export type { GitTreeErrorCode } from './error.ts';
export { parseTreeListing } from './parse-listing.ts';
export type { TreeEntry, TreeLimits } from './parse-listing.ts';
export { parseBlobs } from './parse-blobs.ts';
export { parseTreeDiff, withSizes } from './parse-tree-diff.ts';
export type { ChangedFile } from './parse-tree-diff.ts';
export { parseTree } from './parse-tree.ts';
export type { TreeItem } from './parse-tree.ts';
