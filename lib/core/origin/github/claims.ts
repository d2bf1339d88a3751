import { parseCommitSha } from '../../ids/index.ts';
import type { Finding } from '../../wire/finding/index.ts';
import type { BuildClaims } from '../claims.ts';
import type { Claim } from '../sigstore/certificate.ts';

/** What GitHub certified about a run. */
export interface GitHubBuildClaims extends BuildClaims {
  readonly ownerUri: string | null;
  readonly ownerId: string;
  /** Path of the workflow inside the repository. */
  readonly workflowPath: string;
  /** Ref the workflow file was read from. */
  readonly workflowRef: string;
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
export const arcs = {
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

export type GitHubClaim = keyof typeof arcs | 'san';
export type GitHubCertificate = Readonly<Record<GitHubClaim, Claim>>;

/** Compared with every policy. */
export const alwaysCompared: readonly GitHubClaim[] = [
  'issuer',
  'signerUri',
  'signerDigest',
  'runner',
  'repositoryUri',
  'commit',
  'ref',
  'repositoryId',
  'ownerId',
  'buildConfigUri',
  'buildConfigDigest',
  'trigger',
  'runUri',
];

/** What people call the claims that a policy may leave unjudged (Fulcio's list of extensions). */
export const extensionNames: Readonly<Record<string, string>> = {
  1: 'issuer, old form',
  2: 'trigger, old form',
  3: 'commit, old form',
  4: 'name of the workflow, old form',
  5: 'name of the repository, old form',
  6: 'ref, old form',
  7: 'user name',
  16: 'address of the owner',
  22: 'visibility of the repository',
  23: 'deployment environment',
  24: 'subject of the token',
};

export interface RunUri {
  readonly repositoryUri: string;
  readonly id: string;
  readonly attempt: number;
}

/** `<repository>/actions/runs/<id>/attempts/<n>` → its parts, or null for any other text. */
export function parseRunUri(uri: string): RunUri | null {
  const match = /^(https:\/\/[^?#\s]+)\/actions\/runs\/([1-9][0-9]{0,19})\/attempts\/([1-9][0-9]{0,5})$/.exec(
    uri,
  );
  const [, repositoryUri, id, attempt] = match ?? [];
  return repositoryUri === undefined || id === undefined
    ? null
    : { repositoryUri, id, attempt: Number(attempt) };
}

export function certifiedClaims(claims: GitHubCertificate, workflowPath: string): GitHubBuildClaims {
  const value = (name: GitHubClaim): string => {
    const claim = claims[name];
    if (!claim.ok) throw new TypeError(`claim ${name} passed without a value`);
    return claim.value;
  };
  const optional = (name: GitHubClaim): string | null => {
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

/** Which finding shows which claim, as it stood in the certificate. */
const claimOfRule: Readonly<Record<string, readonly GitHubClaim[]>> = {
  'origin.issuer': ['issuer'],
  'origin.repository': ['repositoryId'],
  'origin.repository-uri': ['repositoryUri'],
  'origin.owner': ['ownerId'],
  'origin.workflow': ['buildConfigUri'],
  'origin.signer': ['san', 'signerUri'],
  'origin.ref': ['ref'],
  'origin.trigger': ['trigger'],
  'origin.runner': ['runner'],
  'origin.run': ['runUri'],
  'origin.builder': ['signerDigest'],
  'origin.visibility': ['visibility'],
  'origin.environment': ['environment'],
};

/** The claims that findings of step "origin" show. */
export function claimsOfFindings(
  findings: readonly Pick<Finding, 'rule' | 'found' | 'outcome'>[],
): Readonly<Record<string, string>> {
  const claims: Partial<Record<GitHubClaim, string>> = {};
  for (const { rule, found, outcome } of findings) {
    if (found === null) continue;
    for (const name of claimOfRule[rule] ?? []) claims[name] = found;
    // Where this rule passed, source and workflow were taken from one commit.
    if (rule === 'origin.commit') {
      claims.commit = found;
      if (outcome === 'pass') claims.buildConfigDigest = found;
      if (outcome === 'pass') claims.signerDigest ??= found;
    }
  }
  return claims;
}
