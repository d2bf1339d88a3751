/**
 * Who has to agree before something is merged, and what gets around that:
 * https://docs.gitlab.com/user/project/merge_requests/approvals, https://docs.gitlab.com/user/project/codeowners
 */
import type { Finding } from '../../../wire/finding/index.ts';
import { isFinding, type Asked, type Judge } from '../../host-judge.ts';
import { levelOf, who, type Need } from './access.ts';
import type { ApprovalRule, Approvals, ProtectedBranch } from './answers.ts';
import type { Look } from './context.ts';
import { covers } from './ref-pattern.ts';

interface Protection {
  readonly branch: string;
  /** All that are about the branch. */
  readonly rules: readonly ProtectedBranch[];
}

/** Whether the policy asks for the agreement of others, and so how GitLab counts it. */
export const asksForReviews = ({ lines: { protectedBranch: wanted } }: Pick<Look, 'lines'>): boolean =>
  asksForApprovals(wanted) || wanted?.requireCodeOwnerApproval === true;

export const asksForApprovals = (wanted: Look['lines']['protectedBranch']): boolean =>
  (wanted?.minApprovals ?? 0) > 0;

/** A finding: it can't be told. */
export function reviews(
  look: Look,
  judge: Judge,
  asked: Asked,
  protection: Protection,
): readonly Need[] | Finding {
  const { lines, questions } = look;
  if (!asksForReviews(look)) return [];
  const settings = judge.told(asked, questions.approvals);
  if (isFinding(settings)) return settings;
  const around = withoutMergeRequest(protection.rules);
  const needs: Need[] = [];
  if (lines.protectedBranch?.requireCodeOwnerApproval === true) {
    const line = 'requireCodeOwnerApproval';
    needs.push({ line, open: openToOwners(protection.rules, settings.said) ?? around });
  }
  const least = lines.protectedBranch?.minApprovals ?? 0;
  if (least === 0) return needs;
  const rules = judge.told(asked, questions.approvalRules);
  if (isFinding(rules)) return rules;
  const open = openToFewer(least, protection.branch, rules.said, settings.said);
  return [...needs, { line: `minApprovals: ${least}`, open: open ?? around }];
}

/** Everything is merged in a merge request, or nobody has to be asked. */
function withoutMergeRequest(rules: readonly ProtectedBranch[]): string | null {
  const pushers = levelOf(rules.flatMap((rule) => rule.push_access_levels));
  return pushers === 'no-one' ? null : `${who[pushers]} may push without a merge request`;
}

const kept = 'approvals stay when something else is pushed after them';

function openToOwners(rules: readonly ProtectedBranch[], settings: Approvals): string | null {
  if (!rules.some(({ code_owner_approval_required: required }) => required)) {
    return 'no rule that is about it asks for that';
  }
  return settings.reset_approvals_on_push || settings.selective_code_owner_removals === true ? null : kept;
}

function openToFewer(
  least: number,
  branch: string,
  all: readonly ApprovalRule[],
  settings: Approvals,
): string | null {
  const about = all.filter(
    ({ rule_type: type, applies_to_all_protected_branches: every, protected_branches: some }) =>
      ['regular', 'any_approver'].includes(type) &&
      (every || some.length === 0 || some.some(({ name }) => covers(name, branch))),
  );
  const most = (rules: readonly ApprovalRule[]): number =>
    Math.max(0, ...rules.map(({ approvals_required: required }) => required));
  const counted = most(about.filter((rule) => isAlwaysAsked(rule, settings)));
  if (counted < least) {
    return most(about) < least
      ? `${counted} are required`
      : `${counted} are required for certain: GitLab skips a rule whose approvers aren’t enough without those who wrote the change`;
  }
  if (settings.merge_requests_author_approval) return 'authors may approve what they wrote';
  if (!settings.disable_overriding_approvers_per_merge_request) return 'a merge request may ask for fewer';
  return settings.reset_approvals_on_push ? null : kept;
}

/**
 * A rule that can't be met counts as approved, but for the one about everybody. Its approvers are so many fewer as wrote the merge request:
 * its author, and, where committers can't approve, all of whom a commit has the address, which anybody can write into it.
 */
const isAlwaysAsked = (
  { rule_type: type, approvals_required: required, eligible_approvers: approvers }: ApprovalRule,
  { merge_requests_disable_committers_approval: withoutCommitters }: Approvals,
): boolean => type === 'any_approver' || (!withoutCommitters && approvers > required);
