/** What a Windows program is to the system: something that is started, or a library that others load. */
export { readPeKind, type PeKind } from './read-kind.ts';
