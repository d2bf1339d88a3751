/** A project's OpenPGP certificate (RFC 9580 §10.1): a primary key that signs and certifies, one user id, its self-signature. */
import { createHash } from 'node:crypto';
import { armor } from './armor.ts';
import { OpenPgpError } from './error.ts';
import { fingerprintOf, hashedKey, keyBody, secondsOf, type OpenPgpKey } from './key.ts';
import { packet, packetTags, uint32 } from './packets.ts';
import {
  hashIds,
  signaturePacket,
  signatureTrailer,
  signatureTypes,
  subpacket,
  type OpenPgpHash,
} from './signature.ts';

export interface UserId {
  readonly name: string;
  readonly address: string;
}

/** §5.2.3.13, .16, .19, .27, .31. */
const subpackets = {
  keyExpires: 9,
  preferredHashes: 21,
  primaryUserId: 25,
  keyFlags: 27,
  revocationReason: 29,
} as const;
const certifyAndSign = 0x03;
const hash: OpenPgpHash = 'sha512';

/** Bytes → RSASSA-PKCS1-v1_5 over their SHA-512. */
export type SignAboutKey = (bytes: Uint8Array) => Promise<Uint8Array>;

export interface CertificateInput {
  readonly key: OpenPgpKey;
  readonly userId: UserId;
  readonly expires: Date;
}

/** `Widget <widget@example.org>`. Throws MALFORMED for what readers would take apart differently. */
export function userIdText({ name, address }: UserId): string {
  const isGood =
    /^[^<>()"\p{Cc}]{1,64}$/u.test(name) && /^[a-z0-9][a-z0-9.+-]{0,63}@[a-z0-9.-]{1,190}$/.test(address);
  if (!isGood || name.trim() !== name)
    throw new OpenPgpError(
      'MALFORMED',
      `${name} <${address}> is no user id: a name without brackets, an address in lower case`,
    );
  return `${name} <${address}>`;
}

/** → the certificate in armor. */
export async function openPgpCertificate(
  { key, userId, expires }: CertificateInput,
  sign: SignAboutKey,
): Promise<string> {
  const text = Buffer.from(userIdText(userId), 'utf8');
  const about = Buffer.concat([hashedKey(key), Buffer.of(0xb4), uint32(text.length), text]);
  const signature = await signAbout(key, { type: signatureTypes.certification, about, sign }, [
    subpacket(subpackets.keyExpires, uint32(secondsOf(expires) - secondsOf(key.created))),
    subpacket(subpackets.preferredHashes, Buffer.of(hashIds.sha512, hashIds.sha384, hashIds.sha256)),
    subpacket(subpackets.primaryUserId, Buffer.of(1)),
    subpacket(subpackets.keyFlags, Buffer.of(certifyAndSign)),
  ]);
  const packets = [packet(packetTags.publicKey, keyBody(key)), packet(packetTags.userId, text), signature];
  return armor('PGP PUBLIC KEY BLOCK', Buffer.concat(packets));
}

/** → a revocation of the whole key in armor, to be kept where few can read it: whoever has it can revoke the key. */
export async function openPgpRevocation(key: OpenPgpKey, sign: SignAboutKey): Promise<string> {
  // §5.2.3.31: no reason specified, and no text. Made before anybody knows why it will be needed.
  const reason = subpacket(subpackets.revocationReason, Buffer.of(0));
  const about = { type: signatureTypes.keyRevocation, about: hashedKey(key), sign };
  return armor('PGP PUBLIC KEY BLOCK', await signAbout(key, about, [reason]));
}

async function signAbout(
  key: OpenPgpKey,
  { type, about, sign }: { type: number; about: Uint8Array; sign: SignAboutKey },
  more: readonly Uint8Array[],
): Promise<Buffer> {
  const fingerprint = fingerprintOf(key);
  const trailer = signatureTrailer({ type, hash, time: key.created, fingerprint }, more);
  const bytes = Buffer.concat([about, trailer]);
  const digest = createHash(hash).update(bytes).digest();
  return signaturePacket(trailer, { fingerprint, digest, signature: await sign(bytes) });
}
