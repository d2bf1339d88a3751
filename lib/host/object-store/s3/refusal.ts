/** How a server says no → what went wrong, in its code and ours, and what an operator does about it. */
import { ObjectStoreError, type ObjectStoreErrorCode } from '../object-store.ts';
import { nameOf, type S3Place } from './place.ts';

const fullCodes = ['QuotaExceeded', 'InsufficientStorage', 'XMinioStorageFull', 'ServiceQuotaExceeded'];
const keyCodes = ['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'ExpiredToken', 'InvalidToken'];

/** `code`: as S3 names it; null: what the server sent is no answer of S3. */
export function refusalOf(place: S3Place, status: number, code: string | null): ObjectStoreError {
  const [ours, fix] = explain(status, code);
  const said = code ?? 'without an S3 error in its answer';
  return new ObjectStoreError(
    ours,
    `${nameOf(place)} can’t be used: the server answered ${status} (${said}). ${fix}`,
  );
}

function explain(status: number, code: string | null): readonly [ObjectStoreErrorCode, string] {
  if (code === 'NoSuchBucket') return ['STORE_MISSING', 'Create the bucket, or correct `bucket`.'];
  if (status === 507 || (code !== null && fullCodes.includes(code)))
    return ['STORE_FULL', 'Add space, or raise the quota of the bucket.'];
  if (code === 'RequestTimeTooSkewed')
    return ['STORE_UNAVAILABLE', 'The clocks differ: set the clock of this machine by NTP.'];
  if (code !== null && keyCodes.includes(code))
    return ['STORE_UNAVAILABLE', 'Correct the keys in the file that `keys` names, and `region`.'];
  if (status === 401 || status === 403)
    return ['STORE_UNAVAILABLE', 'Allow these keys what docs/guides/object-store.md lists for this process.'];
  if (status >= 300 && status < 400)
    return ['STORE_UNAVAILABLE', 'Redirects aren’t followed: correct `endpoint` and `region`.'];
  if (status === 429 || status >= 500)
    return ['STORE_UNAVAILABLE', 'It was asked several times; see the server’s state and its limits.'];
  return ['STORE_UNAVAILABLE', 'See that `endpoint` is the address of an S3 server.'];
}
