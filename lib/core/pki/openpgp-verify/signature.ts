/** Signature packets of version 4 as any program writes them (RFC 9580 §5.2.3), with the subpackets that change what they mean. */
import { hashIds, Octets, OpenPgpError, splitSignature, type OpenPgpHash } from '../openpgp/index.ts';
import type { VerifiedHash } from './key.ts';

export const types = {
  binary: 0x00,
  text: 0x01,
  certifications: [0x10, 0x11, 0x12, 0x13],
  subkeyBinding: 0x18,
  primaryBinding: 0x19,
  directKey: 0x1f,
  keyRevocation: 0x20,
  subkeyRevocation: 0x28,
  certificationRevocation: 0x30,
} as const;

export interface ReadSignature {
  readonly type: number;
  readonly algorithm: number;
  /** null: one that proves nothing, or that nobody here knows. */
  readonly hash: VerifiedHash | null;
  readonly created: Date;
  /** Seconds after `created`; null: it doesn't. */
  readonly expires: number | null;
  /** Of the key that it is about, in seconds after its making. */
  readonly keyExpires: number | null;
  readonly flags: number | null;
  /** Of the key that made it: 20 octets, or the last eight of them; null: it doesn't say. */
  readonly issuer: Buffer | null;
  /** Bodies of signatures within it. */
  readonly embedded: readonly Buffer[];
  readonly trailer: Buffer;
  /** Its numbers, from their beginning. */
  numbers(): Octets;
}

const sub = {
  created: 2,
  expires: 3,
  keyExpires: 9,
  issuer: 16,
  flags: 27,
  embedded: 32,
  issuerFingerprint: 33,
} as const;
/** Which may be critical: those above, and what changes nothing here (§5.2.3.7). */
const understood: ReadonlySet<number> = new Set([
  ...Object.values(sub),
  4,
  5,
  7,
  11,
  21,
  22,
  23,
  24,
  25,
  26,
  28,
  29,
  30,
  34,
  39,
]);
const subpacketsMax = 100;

/** Body of a signature packet. Throws OpenPgpError. */
export function readSignature(body: Buffer): ReadSignature {
  const parts = splitSignature(body);
  const hashed = readSubpackets(parts.hashed, true);
  const unhashed = readSubpackets(parts.unhashed, false);
  const one = (type: number, length: number): Buffer | null => {
    const found = hashed.filter((subpacket) => subpacket.type === type);
    if (found.length > 1) throw new OpenPgpError('MALFORMED', `subpacket ${type} twice`);
    const content = found[0]?.content ?? null;
    if (content !== null && content.length < length)
      throw new OpenPgpError('MALFORMED', `subpacket ${type} too short`);
    return content;
  };
  const created = one(sub.created, 4);
  if (created === null) throw new OpenPgpError('MALFORMED', 'a signature without a time that it is over');
  const seconds = (type: number): number | null => {
    const value = one(type, 4)?.readUInt32BE() ?? 0;
    return value === 0 ? null : value;
  };
  // These help to find the key; that it is the right one, the signature itself proves.
  const all = [...hashed, ...unhashed];
  const fingerprint = all.find(
    ({ type, content }) => type === sub.issuerFingerprint && content[0] === 4,
  )?.content;
  const keyId = all.find(({ type, content }) => type === sub.issuer && content.length === 8)?.content;
  const { type, algorithm, hashId, trailer } = parts;
  const numbersAt = body.length - parts.rest.left;
  return {
    type,
    algorithm,
    hash: hashOf(hashId),
    created: new Date(created.readUInt32BE() * 1000),
    expires: seconds(sub.expires),
    keyExpires: seconds(sub.keyExpires),
    flags: one(sub.flags, 1)?.[0] ?? null,
    issuer: fingerprint?.length === 21 ? fingerprint.subarray(1) : (keyId ?? null),
    embedded: all.filter((subpacket) => subpacket.type === sub.embedded).map(({ content }) => content),
    trailer,
    numbers: () => new Octets(body.subarray(numbersAt)),
  };
}

const sha1Id = 2;

function hashOf(id: number): VerifiedHash | null {
  if (id === sha1Id) return 'sha1';
  return (Object.keys(hashIds) as OpenPgpHash[]).find((name) => hashIds[name] === id) ?? null;
}

function readSubpackets(bytes: Buffer, isHashed: boolean) {
  const octets = new Octets(bytes);
  const found: { readonly type: number; readonly content: Buffer }[] = [];
  while (octets.left > 0) {
    if (found.length === subpacketsMax)
      throw new OpenPgpError('MALFORMED', `over ${subpacketsMax} subpackets`);
    const length = lengthOf(octets);
    const body = octets.take(length);
    const first = body[0];
    if (first === undefined) throw new OpenPgpError('MALFORMED', 'a subpacket without a type');
    const type = first & 0x7f;
    if (isHashed && (first & 0x80) !== 0 && !understood.has(type))
      throw new OpenPgpError(
        'UNSUPPORTED',
        `it says that subpacket ${type} has to be understood, and it isn’t here`,
      );
    found.push({ type, content: body.subarray(1) });
  }
  return found;
}

/** §5.2.3.7: unlike those of packets, lengths of two octets go up to 254. */
function lengthOf(octets: Octets): number {
  const first = octets.octet();
  if (first < 192) return first;
  return first === 255 ? octets.number(4) : ((first - 192) << 8) + octets.octet() + 192;
}

/** Whether it says that this key made it. */
export function isBy({ issuer }: ReadSignature, fingerprint: Buffer): boolean {
  if (issuer === null) return false;
  return issuer.length === 20 ? issuer.equals(fingerprint) : issuer.equals(fingerprint.subarray(-8));
}
