/** Objects by their SHA-256, for signer and portal. */
export {
  ObjectStoreError,
  readerOf,
  type ObjectFacts,
  type ObjectLister,
  type ObjectReader,
  type ObjectRemover,
  type ObjectStore,
  type ObjectStoreErrorCode,
  type ObjectTaker,
  type ObjectWriter,
  type OpenObject,
  type PutAnswer,
  type PutRequest,
} from './object-store.ts';
export { openObjectFolder } from './open-folder.ts';
export { makeFolder, objectPath, storeFailure } from './place.ts';
