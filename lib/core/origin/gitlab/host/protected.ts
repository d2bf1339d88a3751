/**
 * How GitLab protects the branch or tag that was built. Of several rules that are about a name, GitLab goes by the most permissive;
 * only of the approval of code owners one is enough: https://docs.gitlab.com/user/project/repository/branches/protected
 */
import type { Finding } from '../../../wire/finding/index.ts';
import { isFinding, type Asked, type Judge } from '../../host-judge.ts';
import type { AccessLevel, ProtectedBranch } from './answers.ts';
import { branchesOf, isOn, type Look } from './context.ts';
import { covers } from './ref-pattern.ts';

type Level = 'no-one' | 'maintainers' | 'developers';
const strictness: readonly Level[] = ['developers', 'maintainers', 'no-one'];

/** Roles above a developer's: maintainers, owners, administrators. */
const aboveDevelopers = [40, 50, 60];

/** Whoever may, at the most. People, groups and keys by name can be anybody, so they count as developers. */
function levelOf(levels: readonly AccessLevel[]): Level {
  let level: Level = 'no-one';
  for (const one of levels) {
    const byName = [one.user_id, one.group_id, one.deploy_key_id, one.member_role_id].some(
      (id) => id !== null && id !== undefined,
    );
    if (!byName && one.access_level === 0) continue;
    if (byName || !aboveDevelopers.includes(one.access_level ?? -1)) return 'developers';
    level = 'maintainers';
  }
  return level;
}

const atLeast = (found: Level, wanted: Level): boolean =>
  strictness.indexOf(found) >= strictness.indexOf(wanted);

const who: Readonly<Record<Level, string>> = {
  'no-one': 'no one',
  maintainers: 'maintainers',
  developers: 'developers, or somebody by name',
};

/** One line of the policy: what it wants, and what is there where that isn't enough. */
interface Need {
  readonly line: string;
  readonly open: string | null;
}

function conclude(judge: Judge, asked: Asked, of: string, all: readonly Need[], fix: string): Finding {
  const open = all.filter((need) => need.open !== null);
  const expected = all.map(({ line }) => line).join(', ');
  if (open.length === 0) {
    return judge.held(asked, `GitLab protects ${of} as the policy wants it.`, expected, expected);
  }
  const found = open.map((need) => `${need.line}: ${need.open ?? ''}`).join('; ');
  return judge.refused(asked, `GitLab doesn't protect ${of} as the policy wants it.`, found, expected, fix);
}

export function branchProtection(look: Look, judge: Judge): readonly Finding[] {
  const { lines, questions } = look;
  const wanted = lines.protectedBranch;
  if (wanted === null) return [];
  const asked: Asked = {
    rule: 'origin.branch-rules',
    whether: 'the branch is protected',
    path: ['protectedBranch'],
  };
  const branch = branchesOf(look).find((one) => isOn(look, one));
  if (branch === undefined) {
    const problem = 'the commit is on no branch whose protection could be looked at';
    return [judge.unknown(asked, problem, 'See the finding about the commit.')];
  }
  const listed = judge.told(asked, questions.protectedBranches);
  if (isFinding(listed)) return [listed];
  const rules = listed.said.filter(({ name }) => covers(name, branch));
  const approvals = approvalsOf(look, judge, asked, branch);
  if (approvals !== null && isFinding(approvals)) return [approvals];
  const all: Need[] = [
    { line: 'protected', open: rules.length > 0 ? null : 'no rule is about it' },
    ...needOf('push', wanted.push, levelOf(rules.flatMap((rule) => rule.push_access_levels))),
    ...needOf('merge', wanted.merge, levelOf(rules.flatMap((rule) => rule.merge_access_levels))),
    ...(wanted.blockForcePushes === true ? [forcePush(rules)] : []),
    ...(wanted.requireCodeOwnerApproval === true ? [codeOwners(rules)] : []),
    ...(approvals === null ? [] : [reviewed(rules, approvals)]),
  ];
  const fix =
    'Protect the branch so in the project’s settings, in every rule that is about it; then submit again.';
  return [conclude(judge, asked, `the branch ${branch}`, all, fix)];
}

function needOf(line: string, wanted: Level | undefined, found: Level): readonly Need[] {
  if (wanted === undefined) return [];
  return [{ line: `${line}: ${wanted}`, open: atLeast(found, wanted) ? null : `${who[found]} may` }];
}

const forcePush = (rules: readonly ProtectedBranch[]): Need => {
  const rule = rules.find(({ allow_force_push: may }) => may);
  return {
    line: 'blockForcePushes',
    open: rule === undefined ? null : `the rule for ${rule.name} allows them`,
  };
};

const codeOwners = (rules: readonly ProtectedBranch[]): Need => ({
  line: 'requireCodeOwnerApproval',
  open: rules.some(({ code_owner_approval_required: required }) => required)
    ? null
    : 'no rule that is about it asks for that',
});

/** A merge request is approved by so many; without that everything is merged in one, nobody has to be asked. */
function reviewed(rules: readonly ProtectedBranch[], { line, open }: Need): Need {
  const pushers = levelOf(rules.flatMap((rule) => rule.push_access_levels));
  const around = pushers === 'no-one' ? null : `${who[pushers]} may push without a merge request`;
  return { line, open: open ?? around };
}

/** null: the policy doesn't ask. */
function approvalsOf(look: Look, judge: Judge, asked: Asked, branch: string): Need | Finding | null {
  const wanted = look.lines.protectedBranch?.minApprovals ?? 0;
  if (wanted === 0) return null;
  const rules = judge.told(asked, look.questions.approvalRules);
  if (isFinding(rules)) return rules;
  const settings = judge.told(asked, look.questions.approvals);
  if (isFinding(settings)) return settings;
  const line = `minApprovals: ${wanted}`;
  const most = Math.max(
    0,
    ...rules.said
      .filter(
        ({ rule_type: type, applies_to_all_protected_branches: all, protected_branches: some }) =>
          ['regular', 'any_approver'].includes(type) &&
          (all || some.length === 0 || some.some(({ name }) => covers(name, branch))),
      )
      .map(({ approvals_required: required }) => required),
  );
  if (most < wanted) return { line, open: `${most} are required` };
  const { said } = settings;
  if (said.merge_requests_author_approval) return { line, open: 'authors may approve what they wrote' };
  if (!said.disable_overriding_approvers_per_merge_request) {
    return { line, open: 'a merge request may ask for fewer' };
  }
  return { line, open: null };
}

export function tagProtection({ lines, tag, questions }: Look, judge: Judge): readonly Finding[] {
  const wanted = lines.protectedTag;
  if (wanted === null || tag === null) return [];
  const asked: Asked = {
    rule: 'origin.tag-rules',
    whether: 'the tag is protected',
    path: ['protectedTag'],
  };
  const listed = judge.told(asked, questions.protectedTags);
  if (isFinding(listed)) return [listed];
  const rules = listed.said.filter(({ name }) => covers(name, tag));
  const all: Need[] = [
    { line: 'protected', open: rules.length > 0 ? null : 'no rule is about it' },
    ...needOf('create', wanted.create, levelOf(rules.flatMap((rule) => rule.create_access_levels))),
  ];
  const fix =
    'Protect the tag so in the project’s settings, in every rule that is about it; then submit again.';
  return [conclude(judge, asked, `the tag ${tag}`, all, fix)];
}
