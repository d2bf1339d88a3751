export interface DiffPart {
  readonly text: string;
  /** Whether this part differs within a replaced line. */
  readonly changed: boolean;
}
