import type { MsiMetadata } from '../../generated/index.ts';

/** What is asked of an installer besides its structure: at least one of these. */
export interface MsiCheck {
  readonly metadata?: MsiMetadata;
  /** Its signatures are upstream's, and hold. */
  readonly verify?: boolean;
  /** Files inside get signed, so that the installer is built again. */
  readonly repacked?: boolean;
}
