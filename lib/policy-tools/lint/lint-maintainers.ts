import { ableMaintainers, isPlaceholderKey } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { lintFinding } from './finding.ts';
import type { LintFinding } from './finding.ts';

const maintainersMin = 3;

/** Policy maintainers: whether a stolen key could stay in the policy, or do much by itself. */
export function lintMaintainers(snapshot: PolicySnapshot): readonly LintFinding[] {
  const { trustRoot, people } = snapshot;
  const able = ableMaintainers(snapshot).length;
  const { threshold, looseningThreshold } = trustRoot.value.policyMaintainers;
  const at = (name: string) => trustRoot.locate(['policyMaintainers', name]);
  const findings: LintFinding[] = [];
  if (able < maintainersMin) {
    const message = `Of ${able} policy maintainer${able === 1 ? '' : 's'} with a key, none can expel another whose key was stolen.`;
    findings.push(lintFinding(at('members'), 'lint.few-maintainers', message, 'Have at least three.'));
  }
  if (able > 1 && Math.max(threshold, looseningThreshold ?? 2) < 2) {
    const message =
      'One policy maintainer alone may loosen any policy, and so may whoever has stolen their key.';
    const fix = 'Set looseningThreshold to 2 or more, or remove it.';
    findings.push(lintFinding(at('looseningThreshold'), 'lint.loosening-by-one', message, fix));
  }
  for (const person of people.values()) {
    person.value.approvalKeys.forEach(({ publicKey }, index) => {
      if (!isPlaceholderKey(publicKey)) return;
      const place = person.locate(['approvalKeys', index, 'publicKey']);
      const message = 'This key is a placeholder for one that is still to be made; nobody can sign with it.';
      findings.push(lintFinding(place, 'lint.nobodys-key', message, 'Put the person’s own public key here.'));
    });
  }
  return findings;
}
