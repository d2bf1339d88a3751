import { policyFields } from '#core/policy/index.ts';
import type { PolicySnapshot, ProjectSnapshot, SigningPolicyDocument } from '#core/policy/index.ts';
import { lintFinding } from './finding.ts';
import type { LintFinding } from './finding.ts';

/** One signing policy of a snapshot by itself → what in it is probably unintended. */
export function lintPolicy(
  snapshot: PolicySnapshot,
  project: ProjectSnapshot,
  policy: SigningPolicyDocument,
): readonly LintFinding[] {
  const advice = policyFields.SigningPolicy.flatMap(({ lint }) => lint?.(policy.value) ?? []);
  return [
    ...lintApprovers(snapshot, project, policy),
    ...advice.map(({ rule, path, message, fix }) => lintFinding(policy.locate(path), rule, message, fix)),
  ];
}

function lintApprovers(
  snapshot: PolicySnapshot,
  { project }: ProjectSnapshot,
  policy: SigningPolicyDocument,
): readonly LintFinding[] {
  const { approvers, quorum } = policy.value.approval;
  const people = snapshot.people as ReadonlyMap<string, { value: { approvalKeys: readonly unknown[] } }>;
  const able = approvers.filter((handle) => (people.get(handle)?.value.approvalKeys.length ?? 0) > 0);
  const findings = approvers.flatMap((handle, at) => {
    if (able.includes(handle)) return [];
    const message = `\`${handle}\` has no approval key and can't approve.`;
    const fix = `Add approvalKeys to people/${handle}.yaml, or remove the handle.`;
    const where = policy.locate(['approval', 'approvers', at]);
    return [lintFinding(where, 'lint.approver-without-key', message, fix)];
  });
  if (policy.value.purpose === 'release' && policy.value.approval.submitterMayApprove !== true) {
    findings.push(...lintSubmitters(project, policy, able, quorum));
  }
  const [only] = able;
  if (policy.value.purpose !== 'release' || only === undefined || able.length > 1) return findings;
  const message = `Only \`${only}\` can approve: no release while they are away, and no second pair of eyes.`;
  const fix = `Add a second approver, here and to team.approvers in ${project.file}.`;
  const where = policy.locate(['approval', 'approvers']);
  return [...findings, lintFinding(where, 'lint.only-approver', message, fix)];
}

/** Submitters don't approve their own release: there must be a submitter besides whom enough approvers are left. */
function lintSubmitters(
  project: ProjectSnapshot['project'],
  policy: SigningPolicyDocument,
  able: readonly string[],
  quorum: number,
): readonly LintFinding[] {
  const { authors, approvers, reviewers, submitters = [], configurators = [] } = project.value.team;
  const people = [...authors, ...approvers, ...reviewers, ...submitters, ...configurators];
  if (able.length < quorum) return []; // an error of its own
  if (people.some((person) => able.filter((handle) => handle !== person).length >= quorum)) return [];
  const message = `Whoever on the team submits a request, too few approvers are left: ${quorum} of ${able.join(', ')} must approve, and the submitter's own approval doesn't count.`;
  const fix = `Add a person to team.submitters in ${project.file}, add an approver, or set submitterMayApprove to true.`;
  return [lintFinding(policy.locate(['approval']), 'lint.submitter-approves', message, fix)];
}
