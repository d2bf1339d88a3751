/** What isn't forging: nothing here becomes a proof that wasn't one. */
import type { Evidence } from '../../../signer/daemon/grant/index.ts';
import type { InspectedArtifact } from '../../../signer/daemon/checks/index.ts';
import type { KeyHolder, SigningGrant } from '../../../signer/keyholder/index.ts';

declare const inspected: InspectedArtifact;
declare const maybe: InspectedArtifact | null;
declare const evidence: Evidence;
declare const grant: SigningGrant<'release'>;
declare const claimed: unknown;

export const fine = [
  inspected as unknown,
  maybe as InspectedArtifact,
  { ...evidence, more: 1 } as Evidence,
  { evidence, more: 1 } as unknown as { readonly evidence: Evidence },
  grant as SigningGrant,
  // It takes grants, and gives none.
  claimed as KeyHolder,
  claimed as { readonly artifactSha256: string },
  new Map<string, InspectedArtifact>(),
  { ...inspected } satisfies Omit<InspectedArtifact, never>,
];
