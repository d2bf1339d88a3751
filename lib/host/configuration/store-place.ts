/** Where a store is, as configurations say it: a folder, or a bucket of an S3 server. */
import { z } from 'zod';
import { key, keys } from './key.ts';
import type { Paths } from './paths.ts';
import { secretSourceSchema } from './secret-file.ts';

const endpoint = z
  .string()
  .max(300)
  .refine(isEndpoint, 'an https:// address without path, such as https://s3.eu-central-1.amazonaws.com');

function isEndpoint(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !['https:', 'http:'].includes(url.protocol)) return false;
  const { username, password, pathname, search, hash } = url;
  return [username, password, search, hash].every((part) => part === '') && pathname === '/';
}

function riskOfEndpoint(text: string): string | null {
  const { protocol, hostname = '' } = URL.parse(text) ?? {};
  if (protocol !== 'http:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname)) return null;
  return 'Files travel readable, and whoever is between can change what is uploaded: write https://.';
}

/** What samples show: the process's credential as it is called by custom, and a bucket. */
interface Samples {
  readonly credential: string;
  readonly bucket: string;
}

const bucketKeys = (paths: Paths, { credential, bucket }: Samples) =>
  keys({
    endpoint: key('The server’s address, without bucket and path.', endpoint, {
      sample: 'https://s3.eu-central-1.amazonaws.com',
      risk: riskOfEndpoint,
    }),
    region: key(
      'The region that requests are signed for. Servers that know none take `us-east-1`.',
      z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'a region such as eu-central-1'),
      { sample: 'eu-central-1' },
    ),
    bucket: key(
      'The bucket, which has to be there.',
      z
        .string()
        .regex(
          /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
          'a bucket’s name: 3 to 63 lower-case letters, digits, hyphens and dots',
        ),
      { sample: bucket },
    ),
    prefix: key(
      'What the names of all objects begin with.',
      z
        .string()
        .max(500)
        .regex(
          /^(?:(?!\.{1,2}\/)[A-Za-z0-9._-]+\/)*$/,
          'names of letters, digits, dots, hyphens and underscores, each with a slash after it',
        )
        .default(''),
      { default: 'nothing' },
    ),
    addressing: key(
      'Where requests name the bucket. `path`: behind the address; `host`: before the server’s name, as Amazon asks of new buckets.',
      z.enum(['path', 'host']).default('path'),
    ),
    keys: key(
      'Where this process’s access keys are. The file is read again when it changes.',
      secretSourceSchema(paths, 'lines `aws_access_key_id = …` and `aws_secret_access_key = …`'),
      { sample: { credential }, secret: `file or credential \`${credential}\`` },
    ),
  });

const inBucket = (paths: Paths, samples: Samples) =>
  keys({ s3: key('A bucket of an S3 server (docs/guides/object-store.md).', bucketKeys(paths, samples)) });

/** A path, or `{ s3: … }`. */
export const storePlaceSchema = (paths: Paths, samples: Samples) =>
  z.union([paths.path, inBucket(paths, samples)]);

/** Of a file that says where one bucket is, and nothing else. */
export const placeSchema = (paths: Paths) => inBucket(paths, { credential: 's3', bucket: 'example' });

/** A folder's path, or a bucket. */
export type StorePlace = z.output<ReturnType<typeof storePlaceSchema>>;
export type BucketSettings = Exclude<StorePlace, string>['s3'];

/** The folder of a store; null: it is a bucket. */
export const folderOf = (place: StorePlace): string | null => (typeof place === 'string' ? place : null);

/** For messages; no key is in it. */
export function describePlace(place: StorePlace): string {
  if (typeof place === 'string') return place;
  const { endpoint: server, bucket, prefix } = place.s3;
  return `${new URL(server).origin}/${bucket}/${prefix}`;
}

/** Why two stores can't be told apart; null: they can. Each removes what it doesn't know, and has rights of its own. */
export function overlapOf(one: StorePlace, other: StorePlace): string | null {
  const [first, second] = [one, other].map((place) =>
    typeof place === 'string' ? null : describePlace(place),
  );
  if (first === undefined || second === undefined || first === null || second === null) return null;
  if (!first.startsWith(second) && !second.startsWith(first)) return null;
  return 'a bucket of its own for each of the two stores, or prefixes of which none begins with the other';
}
