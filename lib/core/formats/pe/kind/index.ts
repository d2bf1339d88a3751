/** Whether a Windows program is started by itself or is a library that others load. */
export { readPeKind, type PeKind } from './read-kind.ts';
