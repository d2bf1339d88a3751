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
export { bucketIn, openObjects } from './open-place.ts';
export { openObjectFolder } from './open-folder.ts';
export { openObjectBucket, type Bucket } from './s3/open-bucket.ts';
export { openPieces, type Pieces } from './s3/open-pieces.ts';
export { presign } from './s3/presign.ts';
export { type S3Keys, type S3KeySource, type S3Place } from './s3/place.ts';
export { makeFolder, objectPath, storeFailure } from './place.ts';
