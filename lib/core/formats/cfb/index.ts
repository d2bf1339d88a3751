/** Compound files ([MS-CFB]): read with all their rules held, and written anew. */
export { readCompoundFile, type CompoundFile } from './compound-file.ts';
export { foldedName, type StorageEntry, type StreamEntry } from './directory.ts';
export { buildAgain, CfbError } from './errors.ts';
export { signature } from './header.ts';
export { writeCompoundFile, type StreamContent } from './write.ts';
