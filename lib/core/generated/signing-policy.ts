// Generated from schemas/ by scripts/generate-types.mjs. Change the schema, not this file.

/**
 * Branches, for example main.
 *
 * @minItems 1
 * @maxItems 20
 *
 * Items: A name without refs/heads/ or refs/tags/ in front.
 */
export type RefPatterns = string[];
/**
 * Tags, for example "v*".
 *
 * @minItems 1
 * @maxItems 20
 *
 * Items: A name without refs/heads/ or refs/tags/ in front.
 */
export type RefPatterns1 = string[];
/**
 * The event that starts the build.
 */
export type Trigger = 'push' | 'release' | 'workflow_dispatch';
/**
 * 1 to 64 lower-case letters, digits and inner hyphens.
 */
export type Slug = string;

/**
 * What must be true before a file of a project is signed. File: projects/<slug>/policies/<policy>.yaml.
 */
export interface SigningPolicy {
  /**
   * Version of this format.
   */
  apiVersion: 'countersign/v1';
  /**
   * The kind of this file.
   */
  kind: 'SigningPolicy';
  /**
   * release: trusted by users, needs an origin, an approval and a timestamp. test: for trying out; signed with a test certificate that nobody trusts.
   */
  purpose: 'release' | 'test';
  /**
   * Name of the project's certificate in the signer's key registry.
   */
  certificate: string;
  /**
   * What the file must hold: the name of projects/<slug>/artifacts/<name>.yaml.
   */
  artifactConfiguration: string;
  origin?: Origin;
  /**
   * required: every file inside must be scanned for malware and be clean.
   */
  scan: 'required';
  approval: Approval;
  /**
   * required: every signature carries an RFC 3161 timestamp. none: only for purpose test.
   */
  timestamp: 'required' | 'none';
}
/**
 * Where the file must have been built. Every line is compared with the attestation; all must hold. Required for purpose release.
 */
export interface Origin {
  /**
   * A name from buildSystems in trust/root.yaml.
   */
  buildSystem: string;
  repository: OriginRepository;
  /**
   * The workflow file that builds, from the repository's root.
   */
  workflow: string;
  refs: Refs;
  /**
   * The events that may start the build. Events that run with code from outside, such as pull_request_target, can't be allowed.
   *
   * @minItems 1
   * @maxItems 3
   */
  triggers: Trigger[];
  /**
   * Where the build runs. github-hosted: on a fresh machine of the build system.
   */
  runner: 'github-hosted';
}
/**
 * The source repository, the same as in the project's project.yaml. The numeric ids decide.
 */
export interface OriginRepository {
  /**
   * The repository's numeric id, in quotes.
   */
  id: string;
  /**
   * The owner's numeric id, in quotes.
   */
  ownerId: string;
  /**
   * Address of the repository, without .git and without a final slash.
   */
  uri: string;
}
/**
 * The branches and tags that may be built from. Exact names, unless they hold a wildcard: * and ? stay within one part of the name, ** as a whole part spans parts. Case matters.
 */
export interface Refs {
  branches?: RefPatterns;
  tags?: RefPatterns1;
}
/**
 * How many people must approve each request, and who they may be.
 */
export interface Approval {
  /**
   * How many approvers must agree; 0 only for purpose test. One who denies ends the request.
   */
  quorum: number;
  /**
   * Handles of people who are approvers in the project's team.
   *
   * @maxItems 50
   */
  approvers: Slug[];
}
