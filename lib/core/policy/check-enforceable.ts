import type { BuildSystem } from '../generated/index.ts';
import { diagnosticIn } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { SigningPolicyDocument } from './document.ts';
import { notEnforced, notEnforcedFix } from './fields/index.ts';

/**
 * Refuses settings that the schema allows and no signer can enforce: to whoever reads the policy, they would promise a check that
 * never happens.
 */
export function checkEnforceable(
  policy: SigningPolicyDocument,
  buildSystem: BuildSystem | null,
): readonly Diagnostic[] {
  return notEnforced(policy.value, buildSystem).map(({ path, what }) =>
    diagnosticIn(
      policy,
      path,
      'rule.not-enforced',
      `Only the code host can tell ${what}, and build system \`${buildSystem?.name ?? '?'}\` names no API of one: \`${path.join('.')}\` would not be enforced.`,
      notEnforcedFix,
    ),
  );
}
