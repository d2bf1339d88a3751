/** What a source other than the register says about one certificate. */
export interface RevocationClaim {
  /** Lower-case hexadecimal digits. */
  readonly serial: string;
  readonly effectiveAt: Date;
  readonly keyCompromise: boolean;
  /** The source, for people: `list 7`, `the journal`. */
  readonly source: string;
}
