export { despite, saysDespite } from './despite.ts';
export { findByHash } from './find-by-hash.ts';
export type { HashMatch } from './find-by-hash.ts';
export { openReleased } from './open-released.ts';
export type { OpenedRelease } from './open-released.ts';
export { recentReleases } from './recent.ts';
export type { ReleaseItem } from './recent.ts';
