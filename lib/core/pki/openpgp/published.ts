/** A key of a project as others get it: its certificate, with the revocation in it once there is one (RFC 9580 §10.1). */
import { createVerify } from 'node:crypto';
import { readArmor } from './armor.ts';
import { OpenPgpError } from './error.ts';
import { hashedKey, keyBody, rsaAlgorithm, type OpenPgpKey } from './key.ts';
import { packet, packetTags, readPackets } from './packets.ts';
import { hashIds, signatureTypes, splitSignature, type OpenPgpHash } from './signature.ts';

const block = 'PGP PUBLIC KEY BLOCK';

export interface PublishedOpenPgpKey {
  /** `Widget <widget@example.org>`. */
  readonly userId: string;
  /** In lower case; what stands in the brackets. */
  readonly address: string;
  /** Binary. */
  readonly certificate: Buffer;
}

/** A certificate as the ceremony wrote it, of this very key; with a `revocation`, in it. Both in armor. Throws OpenPgpError. */
export function publishedOpenPgpKey(
  key: OpenPgpKey,
  text: string,
  revocation: string | null = null,
): PublishedOpenPgpKey {
  const [primary, name, certification, ...others] = readPackets(readArmor(block, text));
  if (
    primary?.tag !== packetTags.publicKey ||
    name?.tag !== packetTags.userId ||
    certification?.tag !== packetTags.signature ||
    others.length > 0
  )
    throw new OpenPgpError('MALFORMED', 'a key, one user id and its signature, and nothing else');
  if (!primary.body.equals(keyBody(key)))
    throw new OpenPgpError('MALFORMED', 'the certificate of another key');
  const userId = name.body.toString('utf8');
  const address = /<([a-z0-9][a-z0-9.+-]*@[a-z0-9.-]+)>$/.exec(userId)?.[1];
  if (address === undefined)
    throw new OpenPgpError('MALFORMED', 'a user id without an address in lower case');
  const packets = [
    packet(primary.tag, primary.body),
    ...(revocation === null ? [] : [keyRevocation(key, revocation)]),
    packet(name.tag, name.body),
    packet(certification.tag, certification.body),
  ];
  return { userId, address, certificate: Buffer.concat(packets) };
}

/** The packet, after its signature by this very key was verified: anybody's else would have readers take the key for good. */
function keyRevocation(key: OpenPgpKey, text: string): Buffer {
  const [found, ...others] = readPackets(readArmor(block, text));
  if (found?.tag !== packetTags.signature || others.length > 0)
    throw new OpenPgpError('MALFORMED', 'a revocation is one signature packet, and nothing else');
  const { type, algorithm, hashId, trailer, rest } = splitSignature(found.body);
  const hash = (Object.keys(hashIds) as OpenPgpHash[]).find((name) => hashIds[name] === hashId);
  if (type !== signatureTypes.keyRevocation || algorithm !== rsaAlgorithm || hash === undefined)
    throw new OpenPgpError('MALFORMED', 'it revokes no key');
  const digits = rest.mpi();
  if (rest.left > 0) throw new OpenPgpError('MALFORMED', `${rest.left} bytes behind the revocation`);
  const bytes = Math.ceil((key.publicKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  const signature = Buffer.concat([Buffer.alloc(Math.max(0, bytes - digits.length)), digits]);
  const verifier = createVerify(hash).update(hashedKey(key)).update(trailer);
  if (!verifier.verify(key.publicKey, signature))
    throw new OpenPgpError('MALFORMED', 'a revocation that this key didn’t sign');
  return packet(found.tag, found.body);
}
