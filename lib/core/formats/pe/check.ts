import type { PeMetadata } from '../../generated/index.ts';

/** What is asked of a program besides its structure: at least one of both. */
export interface PeCheck {
  readonly metadata?: PeMetadata;
  /** Its signatures are upstream's, and hold. */
  readonly verify?: boolean;
}
