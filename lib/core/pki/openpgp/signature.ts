/** Signatures of version 4 (RFC 9580 §5.2.3, §5.2.4), by RSA and SHA-256, 384 or 512. */
import { OpenPgpError } from './error.ts';
import { rsaAlgorithm, secondsOf } from './key.ts';
import { lengthOctets, mpi, Octets, packet, packetTags, readPackets, uint16, uint32 } from './packets.ts';

export type OpenPgpHash = 'sha256' | 'sha384' | 'sha512';
/** §9.5. */
export const hashIds: Readonly<Record<OpenPgpHash, number>> = { sha256: 8, sha384: 9, sha512: 10 };

/** §5.2.1: of a document as it is, or of a text; those about keys are made in a ceremony alone. */
export const signatureTypes = { binary: 0x00, text: 0x01, certification: 0x13, keyRevocation: 0x20 } as const;
export type DocumentForm = 'binary' | 'text';

const subpackets = { created: 2, issuerKeyId: 16, issuerFingerprint: 33 } as const;

export function subpacket(type: number, body: Uint8Array): Buffer {
  return Buffer.concat([lengthOctets(body.length + 1), Buffer.of(type), body]);
}

export interface SignatureFacts {
  readonly type: number;
  readonly hash: OpenPgpHash;
  readonly time: Date;
  /** 20 octets. */
  readonly fingerprint: Uint8Array;
}

/** What the hash begins with, of the signature itself: version to hashed subpackets. */
function hashedPart({ type, hash, time, fingerprint }: SignatureFacts, more: readonly Uint8Array[]): Buffer {
  const hashed = Buffer.concat([
    subpacket(subpackets.created, uint32(secondsOf(time))),
    subpacket(subpackets.issuerFingerprint, Buffer.concat([Buffer.of(4), fingerprint])),
    ...more,
  ]);
  return Buffer.concat([Buffer.of(4, type, rsaAlgorithm, hashIds[hash]), uint16(hashed.length), hashed]);
}

/** → what is hashed behind the document, or behind the key and its user id: §5.2.4. */
export function signatureTrailer(facts: SignatureFacts, more: readonly Uint8Array[] = []): Buffer {
  const part = hashedPart(facts, more);
  return Buffer.concat([part, Buffer.of(4, 0xff), uint32(part.length)]);
}

/** Octets of a trailer behind the part that the packet has, too. */
const trailerEnd = 6;

/** → the packet. `digest`: of what was signed; `signature`: RSASSA-PKCS1-v1_5 over it. */
export function signaturePacket(
  trailer: Uint8Array,
  { fingerprint, digest, signature }: { fingerprint: Uint8Array; digest: Uint8Array; signature: Uint8Array },
): Buffer {
  // For readers that look for keys by their short names; it proves nothing and isn't hashed.
  const unhashed = subpacket(subpackets.issuerKeyId, fingerprint.subarray(-8));
  const body = Buffer.concat([
    trailer.subarray(0, -trailerEnd),
    uint16(unhashed.length),
    unhashed,
    digest.subarray(0, 2),
    mpi(signature),
  ]);
  return packet(packetTags.signature, body);
}

export interface DocumentSignature {
  readonly form: DocumentForm;
  readonly hash: OpenPgpHash;
  readonly time: Date;
  readonly fingerprint: Buffer;
  /** As hashed behind the document. */
  readonly trailer: Buffer;
  /** First two octets of the digest. */
  readonly left: Buffer;
  /** RSASSA-PKCS1-v1_5, without leading zeros. */
  readonly signature: Buffer;
}

export interface SplitSignature {
  readonly type: number;
  /** Of the public key. */
  readonly algorithm: number;
  readonly hashId: number;
  /** Subpackets that the signature is over, and those that it isn't. */
  readonly hashed: Buffer;
  readonly unhashed: Buffer;
  /** As hashed behind what is signed. */
  readonly trailer: Buffer;
  /** First two octets of the digest. */
  readonly left: Buffer;
  /** The signature's numbers. */
  readonly rest: Octets;
}

/** Body of a signature packet of version 4 → its parts. Throws OpenPgpError. */
export function splitSignature(body: Uint8Array): SplitSignature {
  const version = body[0];
  if (version !== 4)
    throw new OpenPgpError('UNSUPPORTED', `a signature of version ${version ?? 0}; version 4`);
  const rest = new Octets(body);
  const start = rest.take(6);
  const hashed = rest.take(start.readUInt16BE(4));
  const part = Buffer.concat([start, hashed]);
  const trailer = Buffer.concat([part, Buffer.of(4, 0xff), uint32(part.length)]);
  const unhashed = rest.take(rest.number(2));
  const [type, algorithm, hashId] = [start.readUInt8(1), start.readUInt8(2), start.readUInt8(3)];
  return { type, algorithm, hashId, hashed, unhashed, trailer, left: rest.take(2), rest };
}

/** One packet with the signature of a document, of exactly the form that is written here. Throws OpenPgpError. */
export function readDocumentSignature(bytes: Uint8Array): DocumentSignature {
  const [first, ...others] = readPackets(bytes);
  if (first?.tag !== packetTags.signature || others.length > 0)
    throw new OpenPgpError('MALFORMED', 'one signature packet, and nothing else');
  const { trailer, unhashed, left, rest } = splitSignature(first.body);
  const facts = readDocumentTrailer(trailer);
  if (!unhashed.equals(subpacket(subpackets.issuerKeyId, facts.fingerprint.subarray(-8))))
    throw new OpenPgpError('MALFORMED', 'other unhashed subpackets than the issuer’s key id');
  const signature = rest.mpi();
  if (rest.left > 0) throw new OpenPgpError('MALFORMED', `${rest.left} bytes behind the signature`);
  return { ...facts, trailer, left, signature };
}

/**
 * A trailer of a document's signature: version 4, type 0x00 or 0x01, RSA, SHA-2, and of subpackets exactly time and issuer. What isn't
 * that to the octet is refused: a key that signs these alone never certifies or revokes. Throws OpenPgpError.
 */
export function readDocumentTrailer(
  trailer: Uint8Array,
): Omit<DocumentSignature, 'trailer' | 'left' | 'signature'> {
  const octets = new Octets(trailer);
  const [version, type, algorithm, hashId] = octets.take(4);
  if (version !== 4)
    throw new OpenPgpError('UNSUPPORTED', `a signature of version ${version ?? 0}; version 4`);
  const form = type === signatureTypes.binary ? 'binary' : type === signatureTypes.text ? 'text' : null;
  if (form === null)
    throw new OpenPgpError(
      'UNSUPPORTED',
      `a signature of type 0x${(type ?? 0).toString(16).padStart(2, '0')}; of a document: 0x00 or 0x01`,
    );
  if (algorithm !== rsaAlgorithm)
    throw new OpenPgpError('UNSUPPORTED', `key algorithm ${algorithm ?? 0}; RSA`);
  const hash = (Object.keys(hashIds) as OpenPgpHash[]).find((name) => hashIds[name] === hashId);
  if (hash === undefined)
    throw new OpenPgpError('UNSUPPORTED', `hash ${hashId ?? 0}; SHA-256, SHA-384 or SHA-512`);
  const hashed = new Octets(octets.take(octets.number(2)));
  const time = new Date(takeSubpacket(hashed, subpackets.created, 4).readUInt32BE() * 1000);
  const issuer = takeSubpacket(hashed, subpackets.issuerFingerprint, 21);
  const fingerprint = Buffer.from(issuer.subarray(1));
  const expected = signatureTrailer({ type: type ?? 0, hash, time, fingerprint });
  if (hashed.left > 0 || !expected.equals(Buffer.from(trailer)))
    throw new OpenPgpError('MALFORMED', 'other subpackets than time and issuer, or another ending');
  return { form, hash, time, fingerprint };
}

function takeSubpacket(octets: Octets, type: number, length: number): Buffer {
  const body = octets.take(octets.length());
  if (body[0] === type && body.length === length + 1) return body.subarray(1);
  throw new OpenPgpError('MALFORMED', `subpacket ${body[0] ?? 0} where ${type} belongs`);
}
