/** An address by which whoever has it reads one object for a short time, without keys: the server itself sends it, under a name of ours. */
import { AwsV4Signer } from 'aws4fetch';
import type { Sha256Hex } from '#core/ids/index.ts';
import type { Bucket } from './open-bucket.ts';
import { addressOf, keyOf } from './place.ts';

interface PresignRequest {
  readonly sha256: Sha256Hex;
  /** How browsers are told to call the file. */
  readonly fileName: string;
  readonly seconds: number;
}

/** Asks no server: whether there is such an object, the caller has to know. The address is a secret while it holds. */
export async function presign(
  { place, keys, now = Date.now }: Bucket,
  { sha256, fileName, seconds }: PresignRequest,
): Promise<string> {
  const { accessKeyId, secretAccessKey, sessionToken } = await keys();
  const address = addressOf(place, keyOf(place, sha256), {
    'response-content-disposition': dispositionOf(fileName),
    'response-content-type': 'application/octet-stream',
    'response-cache-control': 'no-store',
    'X-Amz-Expires': String(seconds),
  });
  const { url } = await new AwsV4Signer({
    method: 'GET',
    url: address.href,
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === null ? {} : { sessionToken }),
    service: 's3',
    region: place.region,
    datetime: new Date(now()).toISOString().replace(/[:-]|\.\d{3}/g, ''),
    signQuery: true,
  }).sign();
  return url.href;
}

/** RFC 6266 with RFC 8187: characters beyond ASCII, quotes and lines can't end it. */
const dispositionOf = (fileName: string): string =>
  `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`;
