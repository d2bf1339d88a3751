/** What anybody but the register says of one certificate. */
export interface RevocationClaim {
  /** Lower-case hexadecimal digits. */
  readonly serial: string;
  readonly effectiveAt: Date;
  readonly keyCompromise: boolean;
  /** Who says it, for people: `list 7`, `the journal`. */
  readonly source: string;
}
