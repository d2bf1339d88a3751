/** The public key of a project as OpenPGP has it: version 4, RSA, sign and certify (RFC 9580 §5.5.2.2, §5.6.1). */
import { createHash, type KeyObject } from 'node:crypto';
import { OpenPgpError } from './error.ts';
import { mpi, uint16, uint32 } from './packets.ts';

export const rsaAlgorithm = 1;

export interface OpenPgpKey {
  readonly publicKey: KeyObject;
  /** In whole seconds; a part of the fingerprint. */
  readonly created: Date;
}

export const secondsOf = (time: Date): number => Math.floor(time.getTime() / 1000);

/** Body of the public key's packet. Throws KEY_UNSUITABLE for keys other than RSA. */
export function keyBody({ publicKey, created }: OpenPgpKey): Buffer {
  const { n, e } = publicKey.export({ format: 'jwk' });
  if (publicKey.asymmetricKeyType !== 'rsa' || n === undefined || e === undefined)
    throw new OpenPgpError(
      'KEY_UNSUITABLE',
      `a key of type ${publicKey.asymmetricKeyType ?? 'unknown'}; RSA`,
    );
  const numbers = [n, e].map((number) => mpi(Buffer.from(number, 'base64url')));
  return Buffer.concat([Buffer.of(4), uint32(secondsOf(created)), Buffer.of(rsaAlgorithm), ...numbers]);
}

/** What signatures about a key hash of it, and what its fingerprint is over (§5.2.4, §5.5.4.2). */
export function hashedKey(key: OpenPgpKey): Buffer {
  const body = keyBody(key);
  return Buffer.concat([Buffer.of(0x99), uint16(body.length), body]);
}

/** 20 octets. SHA-1 is what version 4 names keys by: it tells them apart, and protects nothing here. */
export const fingerprintOf = (key: OpenPgpKey): Buffer => createHash('sha1').update(hashedKey(key)).digest();

/** `ABCD 1234 …`, in groups of four, as programs show it. */
export const groupedFingerprint = (fingerprint: Uint8Array): string =>
  (Buffer.from(fingerprint).toString('hex').toUpperCase().match(/.{4}/g) ?? []).join(' ');
