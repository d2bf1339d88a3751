export type { ArtifactStore, StoredArtifact } from './artifact-store.ts';
export { StorageError } from './artifact-store.ts';
export { openFolderStore } from './folder-store.ts';
