/** A certificate of upstream (RFC 9580 §10.1): which keys of it may sign, by what they say of themselves, and until when. */
import { OpenPgpError } from '../openpgp/index.ts';
import { withoutArmor } from './armor.ts';
import { readKey, verifying, type ReadKey } from './key.ts';
import { readAnyPackets, type ReadPacket } from './packets.ts';
import { isBy, readSignature, types, type ReadSignature } from './signature.ts';

export interface UpstreamKey {
  /** Of the primary key, by which it is pinned. */
  readonly fingerprint: Buffer;
  readonly userIds: readonly string[];
  /** The primary key first. */
  readonly keys: readonly SigningKey[];
}

export interface SigningKey {
  readonly key: ReadKey;
  /** Why it signs nothing, or not any more: the end of a sentence. null: it may. */
  readonly refused: { readonly why: 'revoked' | 'unsuitable'; readonly problem: string } | null;
  /** null: never. */
  readonly expires: Date | null;
}

export const certificateBytesMax = 128 * 1024;
const packetsMax = 500;
const tags = {
  signature: 2,
  secretKey: 5,
  publicKey: 6,
  secretSubkey: 7,
  marker: 10,
  trust: 12,
  userId: 13,
  subkey: 14,
  attribute: 17,
  padding: 21,
} as const;
const signs = 0x02;
const userIdsMax = 20;

/** Something of a certificate with the signatures behind it. */
interface Part {
  readonly packet: ReadPacket;
  readonly signatures: ReadSignature[];
}

/** In armor or binary. Throws OpenPgpError where it isn't one certificate of version 4, or nothing in it vouches for its primary key. */
export function readUpstreamKey(bytes: Uint8Array): UpstreamKey {
  const [primaryPart, ...others] = partsOf(withoutArmor('PGP PUBLIC KEY BLOCK', bytes));
  if (primaryPart === undefined) throw new OpenPgpError('MALFORMED', 'no public key');
  const primary = readKey(primaryPart.packet.body);
  const own = (part: Part): readonly ReadSignature[] =>
    part.signatures.filter((signature) => isBy(signature, primary.fingerprint));
  const revoked = own(primaryPart).some(
    (signature) =>
      signature.type === types.keyRevocation && holds(signature, primary, [primary.hashed], true),
  );
  const users = others.filter(({ packet }) => packet.tag === tags.userId);
  const vouching = [
    newest(
      own(primaryPart).filter((one) => one.type === types.directKey && holds(one, primary, [primary.hashed])),
    ),
    ...users.map((part) => certificationOf(primary, part, own(part))),
  ];
  const about = newest(vouching.filter((one) => one !== null));
  if (about === null)
    throw new OpenPgpError(
      'KEY_UNSUITABLE',
      'nothing that counts vouches for the key: no signature of its own by SHA-256 or longer, about a user id or itself',
    );
  const expires = expiryOf(primary, about);
  const revokedKey = { why: 'revoked', problem: 'it is revoked' } as const;
  const none = { why: 'unsuitable', problem: 'it isn’t for signing' } as const;
  const keys: SigningKey[] = [
    {
      key: primary,
      expires,
      refused: revoked ? revokedKey : ((about.flags ?? signs) & signs) === 0 ? none : null,
    },
  ];
  for (const part of others.filter(({ packet }) => packet.tag === tags.subkey)) {
    const subkey = subkeyOf(primary, part, own(part));
    if (subkey === null) continue;
    const ends = earlier(subkey.expires, expires);
    keys.push({ ...subkey, expires: ends, refused: revoked ? revokedKey : subkey.refused });
  }
  const names = users.filter((_, at) => vouching[at + 1] !== null).map(({ packet }) => nameOf(packet.body));
  return { fingerprint: primary.fingerprint, userIds: names.slice(0, userIdsMax), keys };
}

function partsOf(bytes: Uint8Array): readonly Part[] {
  const parts: Part[] = [];
  for (const packet of readAnyPackets(bytes, { bytesMax: certificateBytesMax, packetsMax })) {
    const { tag } = packet;
    if (tag === tags.secretKey || tag === tags.secretSubkey)
      throw new OpenPgpError('UNSUPPORTED', 'a secret key, which must never be shown; its public key');
    if (tag === tags.marker || tag === tags.trust || tag === tags.padding) continue;
    const isFirst = parts.length === 0;
    if (isFirst !== (tag === tags.publicKey))
      throw new OpenPgpError(
        'MALFORMED',
        isFirst ? 'it begins with something else than a public key' : 'several keys; one at a time',
      );
    if (tag === tags.signature) {
      const signature = readable(packet.body);
      if (signature !== null) parts.at(-1)?.signatures.push(signature);
    } else if (
      tag === tags.publicKey ||
      tag === tags.userId ||
      tag === tags.subkey ||
      tag === tags.attribute
    ) {
      parts.push({ packet, signatures: [] });
    } else {
      throw new OpenPgpError('UNSUPPORTED', `a packet of type ${tag}, which no public key has`);
    }
  }
  return parts;
}

/** Those of other people, of other versions, and those that ask for more than is known here, prove nothing and break nothing. */
function readable(body: Buffer): ReadSignature | null {
  try {
    return readSignature(body);
  } catch (error) {
    if (error instanceof OpenPgpError) return null;
    throw error;
  }
}

/** Signatures of SHA-1 prove nothing, except against a key: `revokes`. */
function holds(signature: ReadSignature, by: ReadKey, about: readonly Buffer[], revokes = false): boolean {
  const { hash, algorithm, trailer } = signature;
  if (hash === null || algorithm !== by.algorithm || (hash === 'sha1' && !revokes)) return false;
  try {
    const check = verifying(by, hash, signature.numbers());
    for (const bytes of [...about, trailer]) check.update(bytes);
    return check.end();
  } catch (error) {
    if (error instanceof OpenPgpError) return false;
    throw error;
  }
}

function newest(signatures: readonly ReadSignature[]): ReadSignature | null {
  return signatures.reduce<ReadSignature | null>(
    (last, one) => (last === null || one.created > last.created ? one : last),
    null,
  );
}

/** Of a user id: the newest that counts, unless it was taken back. */
function certificationOf(
  primary: ReadKey,
  { packet }: Part,
  own: readonly ReadSignature[],
): ReadSignature | null {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(packet.body.length);
  const about = [primary.hashed, Buffer.of(0xb4), length, packet.body];
  const found = newest(
    own.filter(
      (one) => (types.certifications as readonly number[]).includes(one.type) && holds(one, primary, about),
    ),
  );
  const taken = own.some(
    (one) =>
      one.type === types.certificationRevocation &&
      found !== null &&
      one.created >= found.created &&
      holds(one, primary, about, true),
  );
  return taken ? null : found;
}

function subkeyOf(primary: ReadKey, { packet }: Part, own: readonly ReadSignature[]): SigningKey | null {
  let key: ReadKey;
  try {
    key = readKey(packet.body);
  } catch (error) {
    // Of an algorithm for encryption, most of all.
    if (error instanceof OpenPgpError) return null;
    throw error;
  }
  const about = [primary.hashed, key.hashed];
  const binding = newest(own.filter((one) => one.type === types.subkeyBinding && holds(one, primary, about)));
  if (binding === null) return null;
  const expires = expiryOf(key, binding);
  const isRevoked = own.some(
    (one) => one.type === types.subkeyRevocation && holds(one, primary, about, true),
  );
  if (isRevoked) return { key, expires, refused: { why: 'revoked', problem: 'it is revoked' } };
  if (((binding.flags ?? 0) & signs) === 0)
    return { key, expires, refused: { why: 'unsuitable', problem: 'it isn’t for signing' } };
  // Without it, whoever has the primary key could take another’s key for theirs, with all that it ever signed.
  const back = binding.embedded
    .map(readable)
    .some((one) => one !== null && one.type === types.primaryBinding && holds(one, key, about));
  const problem =
    'it doesn’t confirm by a signature of its own that it belongs to the key (RFC 9580 §5.2.1.10)';
  return { key, expires, refused: back ? null : { why: 'unsuitable', problem } };
}

function expiryOf({ created }: ReadKey, { keyExpires }: ReadSignature): Date | null {
  return keyExpires === null ? null : new Date(created.getTime() + keyExpires * 1000);
}

function earlier(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}

const nameOf = (body: Buffer): string =>
  body
    .toString('utf8')
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, 200)
    .toWellFormed();
