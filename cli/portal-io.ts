/** Where a command about the portal writes to. */
import type { Screen } from './progress.ts';

export interface PortalIo {
  /** A line of standard output. */
  readonly say: (line: string) => void;
  /** A line beside the result. */
  readonly note: (line: string) => void;
  readonly screen: Screen;
}
