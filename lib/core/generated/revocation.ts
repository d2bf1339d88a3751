// Generated from schemas/ by scripts/generate-types.mjs. Change the schema, not this file.

/**
 * A certificate that is no longer to be trusted, from when on and why. It is never taken back: a project that is reinstated (`reinstated`) gets a new certificate. File: revocations/<serial>.yaml.
 */
export interface Revocation {
  /**
   * Version of this format.
   */
  apiVersion: 'countersign/v1';
  /**
   * The kind of this file.
   */
  kind: 'Revocation';
  /**
   * The certificate's serial number in lower-case hexadecimal digits, as in the file's name.
   */
  serial: string;
  /**
   * Slug of the project whose certificate it is.
   */
  project: string;
  /**
   * The certificate's name in the project's signing policies.
   */
  certificate: string;
  /**
   * What happened: the foundation's conditions were breached, the key is or may be in others' hands, malware was signed, the project asked for it, or the project left.
   */
  trigger: 'conditions-breached' | 'key-compromised' | 'malware' | 'project-request' | 'delisted';
  /**
   * The reason in the revocation list (RFC 5280, section 5.3.1). keyCompromise also blocks the key itself, in every certificate.
   */
  reason:
    'keyCompromise' | 'affiliationChanged' | 'superseded' | 'cessationOfOperation' | 'privilegeWithdrawn';
  /**
   * From when on signatures are bad, in UTC to the second. What was timestamped before stays good. It may lie before the decision.
   */
  effectiveAt: string;
  /**
   * When the foundation learned of it: the clock of its duty to revoke starts then.
   */
  noticedAt?: string;
  /**
   * What the public is told: what happened, which files are concerned, what to do.
   */
  statement: string;
  /**
   * Address of a page that says more.
   */
  advisory?: string;
  /**
   * After an appeal or another look: the project may have certificates again. This one stays revoked.
   */
  reinstated?: {
    /**
     * When it was decided, in UTC to the second.
     */
    decidedAt: string;
    /**
     * What the public is told: why the project is trusted again.
     */
    statement: string;
  };
}
