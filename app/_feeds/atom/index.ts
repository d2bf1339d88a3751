export { atomFeed, feedUpdated } from './write.ts';
export type { AtomEntry, AtomFeed } from './write.ts';
