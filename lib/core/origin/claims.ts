import { parseCommitSha } from '../ids/index.ts';
import type { CommitSha } from '../ids/index.ts';
import type { BuildCertificate, Claim } from './certificate.ts';

/** What the build system certified about a build. Nothing of it comes from the build's own provenance. */
export interface BuildClaims {
  readonly issuer: string;
  /** Subject alternative name: the workflow that signed, with its ref. */
  readonly san: string;
  readonly repositoryUri: string;
  readonly repositoryId: string;
  readonly ownerUri: string | null;
  readonly ownerId: string;
  /** Path of the workflow inside the repository. */
  readonly workflowPath: string;
  /** Ref the workflow file was read from. */
  readonly workflowRef: string;
  readonly ref: string;
  readonly commit: CommitSha;
  readonly trigger: string;
  readonly runner: string;
  readonly runUri: string;
  readonly runAttempt: number;
  /** Commit of the workflow that signed: the build's own, or that of the pinned reusable builder. */
  readonly signerDigest: string;
  readonly buildConfigUri: string;
  readonly buildConfigDigest: string;
  readonly visibility: string | null;
  readonly environment: string | null;
}

/** Fulcio's extensions under 1.3.6.1.4.1.57264.1, by what GitHub's builds call them. */
const arcs = {
  issuer: 8,
  signerUri: 9,
  signerDigest: 10,
  runner: 11,
  repositoryUri: 12,
  commit: 13,
  ref: 14,
  repositoryId: 15,
  ownerUri: 16,
  ownerId: 17,
  buildConfigUri: 18,
  buildConfigDigest: 19,
  trigger: 20,
  runUri: 21,
  visibility: 22,
  environment: 23,
} as const;

/** A claim → the last number of its extension's identifier. */
export const arcOf = (name: keyof typeof arcs): number => arcs[name];

export type ClaimName = keyof typeof arcs | 'san';
export const claimNames: readonly ClaimName[] = [...(Object.keys(arcs) as (keyof typeof arcs)[]), 'san'];
export type CertificateClaims = Readonly<Record<ClaimName, Claim>>;

export function readClaims(certificate: BuildCertificate): CertificateClaims {
  const claims = Object.entries(arcs).map(([name, arc]) => [name, certificate.claim(arc)] as const);
  return { ...Object.fromEntries(claims), san: certificate.subjectUri } as CertificateClaims;
}

export interface RunUri {
  readonly repositoryUri: string;
  readonly attempt: number;
}

/** `<repository>/actions/runs/<id>/attempts/<n>` → its parts, or null for any other text. */
export function parseRunUri(uri: string): RunUri | null {
  const match = /^(https:\/\/[^?#\s]+)\/actions\/runs\/[1-9][0-9]{0,19}\/attempts\/([1-9][0-9]{0,5})$/.exec(
    uri,
  );
  const [, repositoryUri, attempt] = match ?? [];
  return repositoryUri === undefined ? null : { repositoryUri, attempt: Number(attempt) };
}

/**
 * Claims that have passed every rule → their values. Throws TypeError when one is missing: the rules demand
 * all of them, so that would be a mistake in this software.
 */
export function certifiedClaims(claims: CertificateClaims, workflowPath: string): BuildClaims {
  const value = (name: ClaimName): string => {
    const claim = claims[name];
    if (!claim.ok) throw new TypeError(`claim ${name} passed without a value`);
    return claim.value;
  };
  const optional = (name: ClaimName): string | null => {
    const claim = claims[name];
    return claim.ok ? claim.value : null;
  };
  return {
    issuer: value('issuer'),
    san: value('san'),
    repositoryUri: value('repositoryUri'),
    repositoryId: value('repositoryId'),
    ownerUri: optional('ownerUri'),
    ownerId: value('ownerId'),
    workflowPath,
    workflowRef: value('ref'),
    ref: value('ref'),
    commit: parseCommitSha(value('commit')),
    trigger: value('trigger'),
    runner: value('runner'),
    runUri: value('runUri'),
    runAttempt: parseRunUri(value('runUri'))?.attempt ?? 0,
    signerDigest: value('signerDigest'),
    buildConfigUri: value('buildConfigUri'),
    buildConfigDigest: value('buildConfigDigest'),
    visibility: optional('visibility'),
    environment: optional('environment'),
  };
}
