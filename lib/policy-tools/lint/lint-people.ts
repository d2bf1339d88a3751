import { noticeOccasions } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { lintFinding } from './finding.ts';
import type { LintFinding } from './finding.ts';

/**
 * People whom no project, no policy and no foundation role names: often a handle with a typing error elsewhere. And auditors who
 * would audit themselves.
 */
export function lintPeople(snapshot: PolicySnapshot): readonly LintFinding[] {
  const named = new Set<string>(snapshot.trustRoot.value.policyMaintainers.members);
  for (const { project, policies } of snapshot.projects.values()) {
    const { authors, reviewers, approvers, submitters = [], configurators = [] } = project.value.team;
    for (const handle of [...authors, ...reviewers, ...approvers, ...submitters, ...configurators]) {
      named.add(handle);
    }
    for (const { value } of policies.values()) {
      const notified = noticeOccasions.flatMap((occasion) => value.notifications?.[occasion] ?? []);
      for (const handle of [...value.approval.approvers, ...notified]) named.add(handle);
    }
  }
  return [...snapshot.people].flatMap(([handle, person]) => {
    const roles = person.value.roles ?? [];
    if (roles.includes('auditor') && (named.has(handle) || roles.includes('reviewer'))) {
      const message = `\`${handle}\` is an auditor and also decides.`;
      const fix = 'Remove one of the roles: nobody can audit their own decisions.';
      return [lintFinding(person.locate(['roles']), 'lint.auditor-decides', message, fix)];
    }
    if (named.has(handle) || roles.length > 0) return [];
    const message = `No file names \`${handle}\`.`;
    const fix = 'Remove the file, or add the handle where it belongs.';
    return [lintFinding(person.locate([]), 'lint.unused-person', message, fix)];
  });
}
