import type { RandomAccessSource } from '../random-access.ts';

export interface SignedContent {
  /** As it stands in a sentence after "begins like": `what Authenticode states of a program`. */
  readonly what: string;
  /** Whether all bytes of the file can be such content. In doubt it says so; never throws for what is in the file. */
  matches(source: RandomAccessSource): Promise<boolean>;
}
