// Generated from schemas/ by scripts/generate-types.mjs. Change the schema, not this file.

/**
 * 1 to 64 lower-case letters, digits and inner hyphens.
 */
export type Slug = string;

/**
 * Who may change the policies, and which build systems are believed. File: trust/root.yaml.
 */
export interface TrustRoot {
  /**
   * Version of this format.
   */
  apiVersion: 'countersign/v1';
  /**
   * The kind of this file.
   */
  kind: 'TrustRoot';
  policyMaintainers: PolicyMaintainers;
  /**
   * The build systems whose attestations the signer verifies.
   *
   * @maxItems 20
   */
  buildSystems: BuildSystem[];
  /**
   * Certification authorities whose signatures on files from upstream are believed, for artifact configurations with `verify`. Left out: none.
   *
   * @maxItems 50
   */
  upstreamRoots?: UpstreamRoot[];
  accountHosts?: AccountHosts;
}
/**
 * The people whose signatures make a commit of this repository a policy.
 */
export interface PolicyMaintainers {
  /**
   * How many of the members must sign a commit before the signer accepts it.
   */
  threshold: number;
  /**
   * Handles of people, each a file people/<handle>.yaml with an approval key.
   *
   * @minItems 1
   * @maxItems 50
   */
  members: Slug[];
  /**
   * How many of the members must sign a commit that loosens anything, changes who decides, or is stopped by a guard, before the signer accepts it. Left out: two, where two have a key. Fewer than all of them, so that the others can expel one whose key was stolen.
   */
  looseningThreshold?: number;
}
/**
 * A build system: who issues its identities and which trust root verifies its attestations.
 */
export interface BuildSystem {
  /**
   * 1 to 64 lower-case letters, digits and inner hyphens.
   */
  name: string;
  /**
   * The name that people see, for example GitHub Actions.
   */
  displayName?: string;
  /**
   * Whose builds it makes: github (where left out) is GitHub Actions, gitlab is GitLab CI/CD. A policy whose origin is of another provider can't name it.
   */
  provider?: 'github' | 'gitlab';
  /**
   * The issuer of the build's identity, compared character by character.
   */
  issuer: string;
  /**
   * 1 to 64 lower-case letters, digits and inner hyphens.
   */
  trustRoot?: string;
  tuf?: TufRepository;
  /**
   * Address of the code host's API, which the signer asks about builds where a policy has lines that no certificate answers, for example https://api.github.com. Left out: nothing is asked, and policies can't have such lines. Plain HTTP only on the signer's own machine.
   */
  hostApi?: string;
}
/**
 * A repository of The Update Framework (TUF) from which the signer keeps the Sigstore trust root current. In place of trustRoot.
 */
export interface TufRepository {
  /**
   * What its trust root must have, whatever the mirror says: public-good: a transparency log and a log of certificates; github: a timestamp authority; custom: what tells the time, of either kind.
   */
  kind: 'public-good' | 'github' | 'custom';
  /**
   * Address of the repository's metadata, with targets/ below it. Plain HTTP only on the signer's own machine.
   */
  mirror: string;
  /**
   * The repository's root.json, letter by letter: the keys that everything after it is verified from. Take it from the project that runs the repository, not from the mirror.
   */
  root: string;
  /**
   * Name of the trust root in the repository; trusted_root.json where left out.
   */
  target?: string;
  /**
   * After this many days without a look at the repository that succeeded, requests wait.
   */
  staleDays: number;
}
/**
 * A certification authority that signs those who sign code, or timestamps of such signatures.
 */
export interface UpstreamRoot {
  /**
   * 1 to 64 lower-case letters, digits and inner hyphens.
   */
  name: string;
  /**
   * Whose files need it, and where its certificate was taken from; 10 to 300 characters.
   */
  reason: string;
  /**
   * The certificate in PEM; trusted as it is.
   */
  certificate: string;
}
/**
 * Which servers the numbers in people's identities are of, for hosts that anybody can run. A number names somebody else on another server. Left out: gitlab.com.
 */
export interface AccountHosts {
  /**
   * The address of the GitLab that people's accounts are on, without a final slash; the issuer of its identity tokens. Left out: https://gitlab.com.
   */
  gitlab?: string;
}
