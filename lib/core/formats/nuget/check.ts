import type { NugetMetadata } from '../../generated/index.ts';

/** What is asked of a package besides its structure. A type alias: an interface would be no JSON. */
export type NugetCheck = {
  readonly metadata?: NugetMetadata;
  /** Its signature is upstream's, and holds. */
  readonly verify?: true;
};
