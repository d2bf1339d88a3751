/** A store by its place in a configuration. */
import type { BucketSettings, Environment, StorePlace } from '../configuration/index.ts';
import type { ObjectStore } from './object-store.ts';
import { openObjectFolder } from './open-folder.ts';
import { openKeyFile } from './s3/key-file.ts';
import { openObjectBucket, type Bucket } from './s3/open-bucket.ts';

/** Throws a ConfigurationError where the keys are a credential and the service manager hands over none. */
export function bucketIn(
  { keys, endpoint, ...where }: BucketSettings,
  env: Environment = process.env,
): Bucket {
  return { place: { ...where, endpoint: new URL(endpoint).origin }, keys: openKeyFile(keys, env) };
}

/** Asks nothing before it is used. Throws as `bucketIn` does. */
export const openObjects = (place: StorePlace, env: Environment = process.env): ObjectStore =>
  typeof place === 'string' ? openObjectFolder(place) : openObjectBucket(bucketIn(place.s3, env));
