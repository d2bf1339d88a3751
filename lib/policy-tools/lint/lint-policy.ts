import type { PolicySnapshot, ProjectSnapshot, SigningPolicyDocument } from '#core/policy/index.ts';
import { lintFinding } from './finding.ts';
import type { LintFinding } from './finding.ts';

/** One signing policy of a snapshot, by itself → what in it is probably not meant. */
export function lintPolicy(
  snapshot: PolicySnapshot,
  project: ProjectSnapshot,
  policy: SigningPolicyDocument,
): readonly LintFinding[] {
  return [...lintApprovers(snapshot, project, policy), ...lintOrigin(policy), ...lintNotifications(policy)];
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

/** Who hands a release in doesn't approve it: somebody has to be able to hand it in and leave enough approvers. */
function lintSubmitters(
  project: ProjectSnapshot['project'],
  policy: SigningPolicyDocument,
  able: readonly string[],
  quorum: number,
): readonly LintFinding[] {
  const { authors, approvers, reviewers, submitters = [], configurators = [] } = project.value.team;
  const people = [...authors, ...approvers, ...reviewers, ...submitters, ...configurators];
  if (able.length < quorum) return []; // an error of its own
  if (people.some((one) => able.filter((handle) => handle !== one).length >= quorum)) return [];
  const message = `Whoever of the team hands a request in, too few approvers are left: ${quorum} of ${able.join(', ')} must approve, and the submitter's own approval doesn't count.`;
  const fix = `Add somebody to team.submitters in ${project.file}, add an approver, or set submitterMayApprove to true.`;
  return [lintFinding(policy.locate(['approval']), 'lint.submitter-approves', message, fix)];
}

function lintOrigin(policy: SigningPolicyDocument): readonly LintFinding[] {
  const { origin, purpose } = policy.value;
  if (origin === undefined || purpose !== 'release') return [];
  const findings: LintFinding[] = [];
  for (const kind of ['branches', 'tags'] as const) {
    origin.refs[kind]?.forEach((pattern, at) => {
      if (!/^[*/]+$/.test(pattern)) return;
      const message = `\`${pattern}\` allows a release from any of the ${kind}, whoever pushed it.`;
      const fix =
        kind === 'tags' ? 'Write a pattern such as v*.' : 'Name the branches that releases come from.';
      findings.push(lintFinding(policy.locate(['origin', 'refs', kind, at]), 'lint.any-ref', message, fix));
    });
  }
  if (origin.refs.tags !== undefined && origin.tagRulesets === undefined) {
    const message =
      'A tag can be moved to another commit unless the code host forbids it; nothing here asks for that.';
    const fix =
      'Protect these tags with a ruleset on the code host; this version of the signer can’t check it yet.';
    findings.push(
      lintFinding(policy.locate(['origin', 'refs', 'tags']), 'lint.unprotected-tags', message, fix),
    );
  }
  if (origin.reruns === 'allowed') {
    const message = 'A repeated attempt can build an old commit again, long after it was found to be bad.';
    const fix = 'Remove the line and start new runs.';
    findings.push(lintFinding(policy.locate(['origin', 'reruns']), 'lint.reruns-allowed', message, fix));
  }
  return findings;
}

/** Approvers whom nobody tells that a request waits for them: it may wait for long. */
function lintNotifications(policy: SigningPolicyDocument): readonly LintFinding[] {
  const { approval, notifications } = policy.value;
  const waiting = notifications?.waiting;
  if (waiting === undefined || waiting.includes('role:approvers') || approval.quorum === 0) return [];
  const untold = approval.approvers.filter((handle) => !waiting.includes(handle));
  const told = approval.approvers.length - untold.length;
  if (told >= approval.quorum) return [];
  const message = `Only ${told} of the ${approval.quorum} approvers whom a request needs are told that it waits.`;
  const fix = 'Add role:approvers, or leave the line out: then the approvers are told.';
  return [lintFinding(policy.locate(['notifications', 'waiting']), 'lint.approvers-not-told', message, fix)];
}
