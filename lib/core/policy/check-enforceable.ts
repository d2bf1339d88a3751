import { unenforceableParts } from '../origin/index.ts';
import { diagnosticIn } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { DocumentPath, SigningPolicyDocument } from './document.ts';

/**
 * What the language can say and this version can't hold to is refused: a line that nobody checks would promise
 * something to whoever reads the policy.
 */
export function checkEnforceable(policy: SigningPolicyDocument): readonly Diagnostic[] {
  const { origin } = policy.value;
  const refuse = (path: DocumentPath, what: string): Diagnostic =>
    diagnosticIn(
      policy,
      path,
      'rule.not-enforced',
      `This version of the signer can't check ${what}, so it can't enforce \`${path.join('.')}\`.`,
      'Remove the line; a rule that nobody enforces must not stand in a policy.',
    );
  const parts = origin === undefined ? [] : unenforceableParts(origin);
  return parts.map((one) => refuse(['origin', ...one.path], one.what));
}
