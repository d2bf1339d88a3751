export type { ArtifactStore, ReleasedArtifacts, StoredArtifact } from './artifact-store.ts';
export type { PartialFile, PartialFiles } from './partial-files.ts';
export { StorageError } from './artifact-store.ts';
export { openReceived, openReleased, streamOf } from './open-store.ts';
