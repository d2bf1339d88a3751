/** The one place where a timestamp is granted: for an unused serial number, at a time that was just verified. */
import type { SigningGrant } from '../../keyholder/index.ts';
import { grantTimestamp } from '../../keyholder/grant/timestamp.ts';
import { TsaError } from './error.ts';
import type { TrustedTime } from './read-time.ts';
import type { FreshSerial } from './serial-numbers.ts';

const grantMilliseconds = 60_000;
/** Far more than it takes from reading the clock to the grant. */
const readMillisecondsMax = 30_000;

interface TimestampProofs {
  readonly serial: FreshSerial;
  readonly time: TrustedTime;
}

/** Throws CLOCK_WRONG where the time was read too long ago, or lies ahead. */
export function mintTimestampGrant(
  { serial, time }: TimestampProofs,
  about: { readonly keyLabel: string; readonly signedAttributes: Uint8Array },
  now: Date,
): SigningGrant<'timestamp'> {
  const age = now.getTime() - time.at.getTime();
  if (Math.abs(age) > readMillisecondsMax) {
    throw new TsaError('CLOCK_WRONG', `the token's time was read ${age} ms before it was to be signed`);
  }
  return grantTimestamp({ ...about, serial }, new Date(now.getTime() + grantMilliseconds));
}
