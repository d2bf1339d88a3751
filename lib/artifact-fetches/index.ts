export { FetchError, FetchFailedError } from './error.ts';
export { findProvenance } from './find-provenance.ts';
export { lookUpBundle } from './look-up-bundle.ts';
export { originPlaceOf } from './place.ts';
export { readFetch, waitForFetch } from './read.ts';
export type { FetchedFile, FetchState } from './read.ts';
export { removeOldFetches, resumeFetches } from './resume.ts';
export { startFetch } from './start.ts';
export { fetchesSettled } from './turns.ts';
