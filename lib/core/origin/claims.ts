import type { CommitSha } from '../ids/index.ts';
import type { BuildCertificate, Claim } from './sigstore/certificate.ts';

/**
 * What the build system certified about a build, as far as everybody asks for it; each provider has more. Nothing of it comes from the
 * build's own provenance.
 */
export interface BuildClaims {
  readonly issuer: string;
  /** Subject alternative name: what signed, with its ref. */
  readonly san: string;
  readonly repositoryUri: string;
  readonly repositoryId: string;
  readonly ref: string;
  readonly commit: CommitSha;
}

/** Claims by the provider's names for them, and the last numbers of their extensions' identifiers; whose word it is, every provider has. */
export type ClaimArcs = Readonly<Record<string, number>> & { readonly issuer: 8 };

export type CertificateClaims = Readonly<Record<string, Claim>> & {
  readonly issuer: Claim;
  readonly san: Claim;
};

/** A provider's names for what a certificate says; `san` is in every one. */
export const claimNamesOf = (arcs: ClaimArcs): readonly string[] => [...Object.keys(arcs), 'san'];

export function readClaims(certificate: BuildCertificate, arcs: ClaimArcs): CertificateClaims {
  const claims = Object.entries(arcs).map(([name, arc]) => [name, certificate.claim(arc)] as const);
  return { ...Object.fromEntries(claims), san: certificate.subjectUri } as CertificateClaims;
}
