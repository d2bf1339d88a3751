import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '#core/json/index.ts';

const hex64 = z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hexadecimal digits');
const slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'a project slug');

const base64Of = (bytes: number): number => Math.ceil(bytes / 3) * 4;
/** 64 KiB of signed attributes or TBSCertificate: far above what either needs. */
const toBeSignedBase64Max = base64Of(64 * 1024);
/** A revocation list grows with what was revoked: some 70 bytes for each certificate. */
const listBase64Max = base64Of(16 * 1024 * 1024);

export const grantPurposeSchema = z.enum(['release', 'test', 'timestamp', 'certificate', 'crl', 'ocsp']);

/**
 * A grant as it crosses the process boundary: everything the decision to sign rests on, with the exact
 * bytes to be hashed and signed. It names no algorithm and no digest of its own.
 */
export const signingGrantWireSchema = z
  .strictObject({
    version: z.literal(1),
    /** SHA-256 of the canonical JSON of all other members except expiresAt. */
    grantId: hex64,
    purpose: grantPurposeSchema,
    keyLabel: z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,126}[a-z0-9])?$/, 'a key label'),
    /**
     * The signing request; for a timestamp `timestamp-<serial>`, for a certificate `certificate-<serial>`, for a
     * revocation list `crl-<number>`, for a status answer `ocsp-<serial>-<time>`.
     */
    requestId: z.string().regex(/^[0-9a-zA-Z-]{1,128}$/, 'a request id'),
    project: slug.nullable(),
    /** The foundation's program that the project is in; left out where there is no project. */
    program: z.enum(['executables', 'components']).optional(),
    artifactSha256: hex64.nullable(),
    leafPath: z.array(z.string().min(1).max(4096)).max(16),
    unsignedSha256: hex64.nullable(),
    toBeSigned: z.base64().min(4).max(listBase64Max),
    policyCommit: z
      .string()
      .regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'a commit')
      .nullable(),
    expiresAt: z.iso.datetime(),
  })
  .refine((grant) => grant.purpose === 'crl' || grant.toBeSigned.length <= toBeSignedBase64Max, {
    error: 'toBeSigned: at most 64 KiB',
  })
  .refine((grant) => !['release', 'test'].includes(grant.purpose) || namesItsFile(grant), {
    error: 'a release or test grant names project, program, artifactSha256, unsignedSha256 and policyCommit',
  });

export type SigningGrantWire = z.infer<typeof signingGrantWireSchema>;
export type GrantPurpose = SigningGrantWire['purpose'];

function namesItsFile(grant: {
  project: string | null;
  program?: string | undefined;
  artifactSha256: string | null;
  unsignedSha256: string | null;
  policyCommit: string | null;
}): boolean {
  return (
    grant.project !== null &&
    grant.program !== undefined &&
    grant.artifactSha256 !== null &&
    grant.unsignedSha256 !== null &&
    grant.policyCommit !== null
  );
}

/** Grant without its id → 64 hexadecimal digits. The expiry is left out, so that a renewed grant is the same grant. */
export function signingGrantId(grant: Omit<SigningGrantWire, 'grantId'>): string {
  const { version, purpose, keyLabel, requestId, project } = grant;
  const { artifactSha256, leafPath, unsignedSha256, toBeSigned, policyCommit, program } = grant;
  const decided = {
    ...{ version, purpose, keyLabel, requestId, project },
    ...(program === undefined ? {} : { program }),
    ...{ artifactSha256, leafPath, unsignedSha256, toBeSigned, policyCommit },
  };
  return createHash('sha256').update(canonicalJson(decided)).digest('hex');
}

/** What may be signed only once with other bytes: one file of one request. */
export function grantSlot(grant: SigningGrantWire): string {
  const { purpose, requestId, leafPath } = grant;
  return createHash('sha256').update(canonicalJson({ purpose, requestId, leafPath })).digest('hex');
}
