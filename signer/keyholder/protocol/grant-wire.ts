import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '#core/json/index.ts';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hexadecimal digits');
const slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'a project slug');

const base64Of = (bytes: number): number => Math.ceil(bytes / 3) * 4;
/** 64 KiB of signed attributes or ResponseData: far above what either needs. */
const toBeSignedBase64Max = base64Of(64 * 1024);
/** A revocation list grows with what was revoked: some 70 bytes for each certificate. */
const listBase64Max = base64Of(16 * 1024 * 1024);

const purposes = ['release', 'test', 'timestamp', 'crl', 'ocsp'] as const;
export const grantPurposeSchema = z.enum(purposes);
export type GrantPurpose = (typeof purposes)[number];

const common = {
  version: z.literal(1),
  /** SHA-256 of what the grant decides (`signingGrantId`). */
  grantId: hex64,
  keyLabel: z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,126}[a-z0-9])?$/, 'a key label'),
  toBeSigned: z.base64().min(4).max(toBeSignedBase64Max),
  expiresAt: z.iso.datetime(),
};

/** What the signature of a project's file rests on. */
const ofFile = {
  ...common,
  requestId: z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'the id of a signing request'),
  project: slug,
  /** The foundation's program that the project is in. */
  program: z.enum(['executables', 'components']),
  artifactSha256: hex64,
  /** From the artifact inwards; empty: the artifact itself. */
  leafPath: z.array(z.string().min(1).max(4096)).max(16),
  unsignedSha256: hex64,
  policyCommit: z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'a commit'),
};

/**
 * A grant as it crosses the process boundary: everything the decision to sign rests on, with the exact
 * bytes to be hashed and signed. It names no algorithm and no digest of its own. Certificates are no purpose:
 * they are signed in a ceremony, by whoever has the token.
 */
export const signingGrantWireSchema = z.discriminatedUnion('purpose', [
  z.strictObject({ ...ofFile, purpose: z.literal('release') }),
  z.strictObject({ ...ofFile, purpose: z.literal('test') }),
  z.strictObject({
    ...common,
    purpose: z.literal('timestamp'),
    /** With the token's serial number. */
    requestId: z.string().regex(/^timestamp-[0-9a-f]{1,40}$/, 'timestamp-<serial>'),
  }),
  z.strictObject({
    ...common,
    purpose: z.literal('crl'),
    /** With the list's number, and of a part which one. */
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

export interface GrantedFile {
  readonly project: string | null;
  readonly artifactSha256: string | null;
  readonly leafPath: readonly string[];
  readonly unsignedSha256: string | null;
  readonly policyCommit: string | null;
}

/**
 * What a grant says of a file, in the words of the journal and of grant ids. Both say null of what a purpose knows
 * nothing of, from the time when all grants were of one form, and have to go on saying it: what was signed is found again by them.
 */
export function fileOf(grant: UnnumberedGrant): GrantedFile {
  if (grant.purpose !== 'release' && grant.purpose !== 'test') {
    return { project: null, artifactSha256: null, leafPath: [], unsignedSha256: null, policyCommit: null };
  }
  const { project, artifactSha256, leafPath, unsignedSha256, policyCommit } = grant;
  return { project, artifactSha256, leafPath, unsignedSha256, policyCommit };
}

/** Grant without its id → 64 hexadecimal digits. The expiry is left out, so that a renewed grant is the same grant. */
export function signingGrantId(grant: UnnumberedGrant): string {
  const { version, purpose, keyLabel, requestId, toBeSigned } = grant;
  const program = 'program' in grant ? { program: grant.program } : {};
  const decided = { version, purpose, keyLabel, requestId, toBeSigned, ...program, ...fileOf(grant) };
  return createHash('sha256').update(canonicalJson(decided)).digest('hex');
}

/** What may be signed only once with other bytes: one file of one request. */
export function grantSlot(grant: SigningGrantWire): string {
  const { purpose, requestId } = grant;
  const { leafPath } = fileOf(grant);
  return createHash('sha256').update(canonicalJson({ purpose, requestId, leafPath })).digest('hex');
}
