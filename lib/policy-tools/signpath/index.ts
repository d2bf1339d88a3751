/** SignPath's files → policy files of ours, with a report of what has no equivalent. Pure. */
export { importSignpath } from './import.ts';
export type { Imported, ImportResult } from './import.ts';
export { formatImportNote } from './report.ts';
export type { ImportNote } from './report.ts';
export { signpathFileSizeBytesMax } from './source.ts';
