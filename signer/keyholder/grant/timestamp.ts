/** For signer/authorities/tsa/mint-grant.ts alone, which has the serial number and the time that was found right. */
import { seal, type SigningGrant } from './sealed.ts';

export interface TimestampContent {
  readonly keyLabel: string;
  readonly serial: bigint;
  /** DER SET of the token's signed attributes. */
  readonly signedAttributes: Uint8Array;
}

export function grantTimestamp(
  { keyLabel, serial, signedAttributes }: TimestampContent,
  until: Date,
): SigningGrant<'timestamp'> {
  const requestId = `timestamp-${serial.toString(16)}`;
  return seal<'timestamp'>({ purpose: 'timestamp', keyLabel, requestId }, signedAttributes, until);
}
