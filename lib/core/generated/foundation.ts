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
 * The least that every project must ask for.
 */
export interface Floors {
  /**
   * Every release policy needs at least this many approvals.
   */
  releaseQuorum?: number;
}
