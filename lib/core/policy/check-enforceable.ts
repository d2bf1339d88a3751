import { diagnosticIn } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { SigningPolicyDocument } from './document.ts';
import { notEnforced } from './fields/index.ts';

/**
 * Refuses settings that the schema allows and this version can't enforce: to whoever reads the policy, they would promise a
 * check that never happens.
 */
export function checkEnforceable(policy: SigningPolicyDocument): readonly Diagnostic[] {
  return notEnforced(policy.value).map(({ path, what }) =>
    diagnosticIn(
      policy,
      path,
      'rule.not-enforced',
      `This version of the signer can't check ${what}, so it can't enforce \`${path.join('.')}\`.`,
      'Remove the line; a policy must not contain a rule that isn’t enforced.',
    ),
  );
}
