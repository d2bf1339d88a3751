import { parseCommitSha } from '../../ids/index.ts';
import type { BuildClaims } from '../claims.ts';
import type { Claim } from '../sigstore/certificate.ts';

/** What GitLab certified about a job. */
export interface GitLabBuildClaims extends BuildClaims {
  readonly ownerUri: string | null;
  /** Id of the namespace that the project is in. */
  readonly ownerId: string;
  /** Path of the CI configuration inside the project. */
  readonly configuration: string;
  /** How the pipeline was started. */
  readonly trigger: string;
  readonly runner: string;
  readonly runUri: string;
  readonly buildConfigUri: string;
  readonly buildConfigDigest: string;
  readonly visibility: string | null;
  readonly environment: string | null;
}

/**
 * Fulcio's extensions under 1.3.6.1.4.1.57264.1, by the names that GitHub's builds have for the same. Fulcio fills both
 * signer* and buildConfig* from `ci_config_ref_uri` and `ci_config_sha`: GitLab has no builder that signs by itself.
 */
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

export type GitLabClaim = keyof typeof arcs | 'san';
export type GitLabCertificate = Readonly<Record<GitLabClaim, Claim>>;

/** Compared with every policy. */
export const alwaysCompared: readonly GitLabClaim[] = [
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
  16: 'address of the namespace',
  22: 'visibility of the project',
  23: 'deployment environment',
  24: 'subject of the token',
};

/** `<project>/-/jobs/<id>` → the project's address and the job's number, or null for any other text. */
export function jobOfUri(uri: string): { readonly project: string; readonly id: string } | null {
  const [, project, id] = /^(https:\/\/[^?#\s]+)\/-\/jobs\/([1-9][0-9]{0,19})$/.exec(uri) ?? [];
  return project === undefined || id === undefined ? null : { project, id };
}

export function certifiedClaims(claims: GitLabCertificate, configuration: string): GitLabBuildClaims {
  const value = (name: GitLabClaim): string => {
    const claim = claims[name];
    if (!claim.ok) throw new TypeError(`claim ${name} passed without a value`);
    return claim.value;
  };
  const optional = (name: GitLabClaim): string | null => {
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
    configuration,
    ref: value('ref'),
    commit: parseCommitSha(value('commit')),
    trigger: value('trigger'),
    runner: value('runner'),
    runUri: value('runUri'),
    buildConfigUri: value('buildConfigUri'),
    buildConfigDigest: value('buildConfigDigest'),
    visibility: optional('visibility'),
    environment: optional('environment'),
  };
}
