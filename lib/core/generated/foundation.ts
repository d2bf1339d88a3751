// Generated from schemas/ by scripts/generate-types.mjs. Change the schema, not this file.

/**
 * Version of this format.
 */
export type ApiVersion = 'countersign/v1';
/**
 * executables: programs that run on users' machines. components: libraries for developers.
 */
export type Program = 'executables' | 'components';

/**
 * The foundation that holds the certificates: its name, the subject on its certificates and what no project may go under. File: foundation.yaml.
 */
export interface Foundation {
  apiVersion: ApiVersion;
  /**
   * The kind of this file.
   */
  kind: 'Foundation';
  /**
   * The foundation's name as people see it.
   */
  name: string;
  /**
   * The foundation's home page.
   */
  homepage: string;
  /**
   * Where to report misuse of a certificate: an https:// or mailto: address.
   */
  securityContact?: string;
  subject: Subject;
  /**
   * The certificate programs that the foundation runs.
   *
   * @minItems 1
   * @maxItems 2
   */
  programs: Program[];
  floors?: Floors;
}
/**
 * The distinguished name on every certificate of the foundation.
 */
export interface Subject {
  /**
   * O: the legal name. X.520 allows 64 characters.
   */
  organization: string;
  /**
   * C: two upper-case letters (ISO 3166-1).
   */
  country?: string;
  /**
   * ST: state or province.
   */
  state?: string;
  /**
   * L: town.
   */
  locality?: string;
}
/**
 * The least that every project must ask for, by the purpose of its policies.
 */
export interface Floors {
  /**
   * Every release policy needs at least this many approvals; the same as release.quorumMin.
   */
  releaseQuorum?: number;
  release?: PolicyFloor;
  test?: PolicyFloor;
}
/**
 * What every policy of one purpose must ask for at least.
 */
export interface PolicyFloor {
  /**
   * required: the policy names where files are built.
   */
  origin?: 'required';
  /**
   * github-hosted: builds run on fresh machines of the build system.
   */
  runner?: 'github-hosted';
  /**
   * refused: no policy may allow repeated attempts of a run.
   */
  reruns?: 'refused';
  /**
   * required: the policy pins a reusable builder.
   */
  builder?: 'required';
  /**
   * The policy sets origin.maximumAgeHours, to this many hours or fewer.
   */
  maximumAgeHours?: number;
  /**
   * required: every file is scanned for malware.
   */
  scan?: 'required';
  /**
   * required: every signature carries a timestamp.
   */
  timestamp?: 'required';
  /**
   * The policy asks for at least this many approvals.
   */
  quorumMin?: number;
  /**
   * required: the artifact configuration fixes product name and version of every Windows program that it signs.
   */
  productNameAndVersion?: 'required';
}
