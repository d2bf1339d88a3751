import { judgeStop, type Approver, type JudgedStop } from '../approval/index.ts';
import { parsePersonHandle, type ProjectSlug } from '../ids/index.ts';
import type { PolicySnapshot } from '../policy/index.ts';

/** A statement and its signature → whether it counts now under this policy, and whose it is. */
export function judgeStopUnder(
  snapshot: PolicySnapshot,
  submission: { readonly statement: string; readonly signature: string },
  now: Date,
): JudgedStop {
  const { statement, signature } = submission;
  return judgeStop({
    statement,
    signature,
    now,
    policyMaintainers: peopleWhoMayStop(snapshot, null),
    approversOf: (project) => peopleWhoMayStop(snapshot, project),
  });
}

/** Policy maintainers may stop all projects (null), the approvers of a project's policies that project. */
export function peopleWhoMayStop(
  { trustRoot, projects, people }: PolicySnapshot,
  project: ProjectSlug | null,
): readonly Approver[] {
  const handles =
    project === null
      ? trustRoot.value.policyMaintainers.members
      : [...(projects.get(project)?.policies.values() ?? [])].flatMap(
          (policy) => policy.value.approval.approvers,
        );
  return [...new Set(handles)].flatMap((text) => {
    const handle = parsePersonHandle(text);
    const keys = people.get(handle)?.value.approvalKeys.map((key) => key.publicKey);
    return keys === undefined ? [] : [{ handle, keys }];
  });
}
