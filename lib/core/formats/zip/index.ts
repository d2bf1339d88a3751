/** zip archives: strict random-access reader and byte-preserving rewriter. */
export { openZipEntry, readZip, type ZipArchive, type ZipEntry } from './read-zip.ts';
export { withDirectory } from './end-record.ts';
export type { ZipAddition } from './new-entry.ts';
export { rewriteZip, type ZipChanges, type ZipReplacement } from './rewrite-zip.ts';
export { zipContainer } from './container.ts';
