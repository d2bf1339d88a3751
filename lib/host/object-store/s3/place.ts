/** Where a bucket is, and how its server is asked. */
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';

export interface S3Place {
  /** `https://s3.eu-central-1.amazonaws.com`: without bucket and path. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Before the names of all objects: '' or ending in a slash. */
  readonly prefix: string;
  /** path: `endpoint/bucket/key`; host: `bucket.endpoint/key`. */
  readonly addressing: 'path' | 'host';
}

export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of keys for a time. null: they are lasting ones. */
  readonly sessionToken: string | null;
}

/** Asked before each request, so that keys can be replaced while the process runs. Rejects where there are none. */
export type S3KeySource = () => Promise<S3Keys>;

/** The address of an object, '' for the bucket's own, in characters that need no escaping. */
export function addressOf(place: S3Place, key: string, query: Readonly<Record<string, string>> = {}): URL {
  const url = new URL(place.endpoint);
  if (place.addressing === 'host') url.hostname = `${place.bucket}.${url.hostname}`;
  url.pathname = place.addressing === 'host' ? `/${key}` : `/${place.bucket}${key === '' ? '' : `/${key}`}`;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

/** The name of an object. */
export function keyOf({ prefix }: S3Place, sha256: Sha256Hex): string {
  // Guaranteed by the type, but a malformed name would lead to another's object.
  const digits = parseSha256Hex(sha256);
  return `${prefix}${digits.slice(0, 2)}/${digits.slice(2)}`;
}

/** For messages: never with keys in it. */
export const nameOf = ({ endpoint, bucket, prefix }: S3Place): string =>
  `the bucket ${bucket}${prefix === '' ? '' : ` (${prefix})`} at ${endpoint}`;
