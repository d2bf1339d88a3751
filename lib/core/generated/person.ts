// Generated from schemas/ by scripts/generate-types.mjs. Change the schema, not this file.

/**
 * Someone who approves, reviews or maintains policies. File: people/<handle>.yaml.
 */
export interface Person {
  /**
   * Version of this format.
   */
  apiVersion: 'countersign/v1';
  /**
   * The kind of this file.
   */
  kind: 'Person';
  /**
   * The name that people see.
   */
  name: string;
  identities?: Identities;
  /**
   * The older form of identities, for an account on GitHub. A file has one of the two.
   */
  githubId?: string;
  /**
   * Roles in the foundation. reviewer: decides on applications. auditor: reads what was done and decided, without what applicants and reporters wrote, and exports it. Roles in a project are in its project.yaml.
   *
   * @maxItems 5
   */
  roles?: ('reviewer' | 'auditor')[];
  /**
   * The public keys whose signatures count as this person's approval.
   *
   * @maxItems 10
   */
  approvalKeys: ApprovalKey[];
}
/**
 * The accounts by which this person is known: the name of the host, and the account's id there.
 */
export interface Identities {
  /**
   * The account's numeric id on GitHub, in quotes. Logins get reused, ids don't: https://api.github.com/users/<login> shows it.
   */
  github?: string;
  /**
   * The account's numeric id on GitLab, in quotes. User names get reused, ids don't: https://gitlab.com/api/v4/users?username=<name> shows it.
   */
  gitlab?: string;
}
/**
 * A public key.
 */
export interface ApprovalKey {
  /**
   * The kind of key.
   */
  type: 'ssh';
  /**
   * An OpenSSH public key on one line, as in id_ed25519.pub: type, base64, comment. Ed25519, ECDSA on a NIST curve, or RSA with at least 3072 bits.
   */
  publicKey: string;
}
