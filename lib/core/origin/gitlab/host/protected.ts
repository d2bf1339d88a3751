/**
 * How GitLab protects the branch or tag that was built. Of several rules that are about a name, GitLab goes by the most permissive;
 * only of the approval of code owners one is enough: https://docs.gitlab.com/user/project/repository/branches/protected
 */
import type { Finding } from '../../../wire/finding/index.ts';
import { isFinding, type Asked, type Judge } from '../../host-judge.ts';
import { atLeast, levelOf, who, type Level, type Need } from './access.ts';
import type { ProtectedBranch } from './answers.ts';
import { reviews } from './approvals.ts';
import { branchesOf, isOn, type Look } from './context.ts';
import { covers } from './ref-pattern.ts';

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
  const reviewed = reviews(look, judge, asked, { branch, rules });
  if (isFinding(reviewed)) return [reviewed];
  const pushers = rules.flatMap((rule) => rule.push_access_levels);
  const all: Need[] = [
    { line: 'protected', open: rules.length > 0 ? null : 'no rule is about it' },
    ...needOf('push', wanted.push, levelOf(pushers)),
    // Whoever may push may merge, too: GitLab calls it "Allowed to push and merge".
    ...needOf(
      'merge',
      wanted.merge,
      levelOf([...pushers, ...rules.flatMap((rule) => rule.merge_access_levels)]),
    ),
    ...(wanted.blockForcePushes === true ? [forcePush(rules)] : []),
    ...reviewed,
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
