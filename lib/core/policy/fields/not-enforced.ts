import type { BuildSystem, SigningPolicy } from '../../generated/index.ts';
import { signingPolicyFields } from './signing-policy.ts';

/** A setting of a policy that no signer can enforce as the trust root is. */
export interface NotEnforced {
  readonly path: readonly string[];
  /** What would have to be found out, as the object of a sentence. */
  readonly what: string;
}

/**
 * All settings that would not be checked: both the validator and the signer refuse them. `buildSystem`: that of the policy's origin;
 * null: it isn't known, so nobody can be asked.
 */
export function notEnforced(policy: SigningPolicy, buildSystem: BuildSystem | null): readonly NotEnforced[] {
  return signingPolicyFields.flatMap((field) => {
    const what = field.notEnforced?.(policy, buildSystem) ?? null;
    return what === null ? [] : [{ path: field.path.split(' '), what }];
  });
}

/** What whoever wrote it can do. */
export const notEnforcedFix =
  'Have the foundation add `hostApi` to the build system in trust/root.yaml, so that the signer asks the code host; or remove the line.';
