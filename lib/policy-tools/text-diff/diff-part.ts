export interface DiffPart {
  readonly text: string;
  /** Whether this part is what differs within a line that was replaced. */
  readonly changed: boolean;
}
