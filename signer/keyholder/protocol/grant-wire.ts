import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '#core/json/index.ts';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hexadecimal digits');
const slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'a project slug');

const base64Of = (bytes: number): number => Math.ceil(bytes / 3) * 4;
/** 64 KiB of signed attributes or ResponseData: far above what either needs. */
const toBeSignedBase64Max = base64Of(64 * 1024);
/** The payload of a DSSE envelope is signed as it is, at most 16 MiB, behind its type and length. */
const ofFileBase64Max = base64Of(16 * 1024 * 1024 + 1024);
/** A revocation list grows with the number of revocations: about 70 bytes each. */
const listBase64Max = base64Of(16 * 1024 * 1024);

const purposes = ['release', 'test', 'timestamp', 'crl', 'ocsp', 'raw', 'openpgp'] as const;
export const grantPurposeSchema = z.enum(purposes);
export type GrantPurpose = (typeof purposes)[number];

const common = {
  version: z.literal(1),
  /** SHA-256 of the grant's content (`signingGrantId`). */
  grantId: hex64,
  keyLabel: z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,126}[a-z0-9])?$/, 'a key label'),
  toBeSigned: z.base64().min(4).max(toBeSignedBase64Max),
  expiresAt: z.iso.datetime(),
};

/** What the signature of a project's file is based on. */
const ofFile = {
  ...common,
  toBeSigned: z.base64().min(4).max(ofFileBase64Max),
  requestId: z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'the id of a signing request'),
  project: slug,
  /** The foundation's program that the project is in. */
  program: z.enum(['executables', 'components']),
  artifactSha256: hex64,
  /** From the artifact inwards; empty: the artifact itself. */
  leafPath: z.array(z.string().min(1).max(4096)).max(16),
  unsignedSha256: hex64,
  policyCommit: z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'a commit'),
  /** By which the key signs; SHA-256 where absent, so that grants from before keep their ids. */
  hash: z.enum(['sha384', 'sha512']).optional(),
  /** Which of several signatures of the file this is; absent: the first. */
  round: z.int().min(1).max(15).optional(),
};

/** Of a project's own key, which signs the bytes of the file itself: the keyholder reads it, and holds it to `unsignedSha256`. */
const ofDocument = {
  ...ofFile,
  /** What is hashed behind the file, and SHA-256 of the file. */
  toBeSigned: z.base64().min(4).max(base64Of(1024)),
  /** Whether the key serves releases or tests: as the policy does. */
  serves: z.enum(['release', 'test']),
};

/**
 * A grant as it crosses the process boundary: everything the decision to sign is based on, with the exact bytes to be
 * hashed and signed. It names no digest; of the algorithm it names the hash function alone. There is no purpose for certificates: they are signed in a
 * ceremony, by whoever has the token.
 */
export const signingGrantWireSchema = z.discriminatedUnion('purpose', [
  z.strictObject({ ...ofFile, purpose: z.literal('release') }),
  z.strictObject({ ...ofFile, purpose: z.literal('test') }),
  z.strictObject({ ...ofDocument, purpose: z.literal('raw') }),
  z.strictObject({ ...ofDocument, purpose: z.literal('openpgp') }),
  z.strictObject({
    ...common,
    purpose: z.literal('timestamp'),
    /** With the token's serial number. */
    requestId: z.string().regex(/^timestamp-[0-9a-f]{1,40}$/, 'timestamp-<serial>'),
  }),
  z.strictObject({
    ...common,
    purpose: z.literal('crl'),
    /** With the list's number, and the part's where it is one. */
    requestId: z.string().regex(/^crl-\d{1,15}(?:-\d{1,3})?$/, 'crl-<number>, crl-<number>-<part>'),
    toBeSigned: z.base64().min(4).max(listBase64Max),
  }),
  z.strictObject({
    ...common,
    purpose: z.literal('ocsp'),
    /** With the certificate's serial number, the time in milliseconds, and four random octets. */
    requestId: z
      .string()
      .regex(/^ocsp-[0-9a-f]{2,40}-\d{1,15}-[0-9a-f]{8}$/, 'ocsp-<serial>-<time>-<random>'),
  }),
]);

export type SigningGrantWire = z.infer<typeof signingGrantWireSchema>;
export type WireOf<Purpose extends GrantPurpose> = Extract<SigningGrantWire, { readonly purpose: Purpose }>;
type WithoutId<Wire> = Wire extends unknown ? Omit<Wire, 'grantId'> : never;
export type UnnumberedGrant = WithoutId<SigningGrantWire>;

type Of<Purpose extends GrantPurpose> = Extract<UnnumberedGrant, { readonly purpose: Purpose }>;
const isOfFile = (grant: UnnumberedGrant): grant is Of<'release' | 'test' | 'raw' | 'openpgp'> =>
  grant.purpose === 'release' || grant.purpose === 'test' || isOfDocument(grant);
/** Its key signs a file's own bytes. */
export const isOfDocument = (grant: UnnumberedGrant): grant is Of<'raw' | 'openpgp'> =>
  grant.purpose === 'raw' || grant.purpose === 'openpgp';

export interface GrantedFile {
  readonly project: string | null;
  readonly artifactSha256: string | null;
  readonly leafPath: readonly string[];
  readonly unsignedSha256: string | null;
  readonly policyCommit: string | null;
}

/**
 * The file that a grant names, in the form used by the journal and grant ids. Members that a purpose doesn't have are
 * null there, since all grants once had one form; that can't change, because earlier signatures are found by them.
 */
export function fileOf(grant: UnnumberedGrant): GrantedFile {
  if (!isOfFile(grant)) {
    return { project: null, artifactSha256: null, leafPath: [], unsignedSha256: null, policyCommit: null };
  }
  const { project, artifactSha256, leafPath, unsignedSha256, policyCommit } = grant;
  return { project, artifactSha256, leafPath, unsignedSha256, policyCommit };
}

/** Grant without its id → 64 hexadecimal digits. The expiry is excluded, so that a renewed grant is the same grant. */
export function signingGrantId(grant: UnnumberedGrant): string {
  const { version, purpose, keyLabel, requestId, toBeSigned } = grant;
  const content = {
    version,
    purpose,
    keyLabel,
    requestId,
    toBeSigned,
    ...laterMembers(grant),
    ...fileOf(grant),
  };
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

/** Members that earlier grants lack; what is absent has no part in the id. */
function laterMembers(grant: UnnumberedGrant): Readonly<Record<string, string | number>> {
  if (!isOfFile(grant)) return {};
  const { program, hash, round } = grant;
  const members = {
    program,
    ...(hash === undefined ? {} : { hash }),
    ...(round === undefined ? {} : { round }),
  };
  return isOfDocument(grant) ? { ...members, serves: grant.serves } : members;
}

/** Identifies one signature of one file of one request, for which no other bytes may be signed later. */
export function grantSlot(grant: SigningGrantWire): string {
  const { purpose, requestId } = grant;
  const { leafPath } = fileOf(grant);
  const round = 'round' in grant && grant.round !== undefined ? { round: grant.round } : {};
  return createHash('sha256')
    .update(canonicalJson({ purpose, requestId, leafPath, ...round }))
    .digest('hex');
}

/** The hash function that the key signs by. */
export const grantHash = (grant: SigningGrantWire): 'sha256' | 'sha384' | 'sha512' =>
  ('hash' in grant ? grant.hash : undefined) ?? 'sha256';
