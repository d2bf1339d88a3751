/** Uploads in parts, which go on where a connection was cut (decision 0103). */
export { appendPart } from './append.ts';
export { beginPart } from './begin.ts';
export { findAtRest, findOwn, stateOf, type PartState } from './find.ts';
export { PartError } from './part-error.ts';
export type { SentPart } from './receive.ts';
export { cancelPart, removeExpiredParts } from './remove.ts';
