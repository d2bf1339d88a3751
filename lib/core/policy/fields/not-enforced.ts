import type { SigningPolicy } from '../../generated/index.ts';
import { signingPolicyFields } from './signing-policy.ts';

/** A setting of a policy that this version of the signer can't enforce. */
export interface NotEnforced {
  readonly path: readonly string[];
  /** What would have to be checked, as the object of a sentence. */
  readonly what: string;
}

/** All settings that would not be checked: both the validator and the signer refuse them. */
export function notEnforced(policy: SigningPolicy): readonly NotEnforced[] {
  return signingPolicyFields.flatMap((field) => {
    const what = field.notEnforced?.(policy) ?? null;
    return what === null ? [] : [{ path: field.path.split(' '), what }];
  });
}
