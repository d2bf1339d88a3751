import { diagnosticIn } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { SigningPolicyDocument } from './document.ts';
import { notEnforced } from './fields/index.ts';

/**
 * What the language can say and this version can't hold to is refused: a line that nobody checks would promise
 * something to whoever reads the policy.
 */
export function checkEnforceable(policy: SigningPolicyDocument): readonly Diagnostic[] {
  return notEnforced(policy.value).map(({ path, what }) =>
    diagnosticIn(
      policy,
      path,
      'rule.not-enforced',
      `This version of the signer can't check ${what}, so it can't enforce \`${path.join('.')}\`.`,
      'Remove the line; a rule that nobody enforces must not stand in a policy.',
    ),
  );
}
