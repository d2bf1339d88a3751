/** Rules of the code host that must protect what is built: `origin.branchRulesets`, `origin.tagRulesets`. */
import {
  atLeast,
  loosens,
  requirement,
  steps,
  tightens,
  type JsonSchema,
  type Judged,
  type Measure,
} from '../../../field-record/index.ts';
import type { CodeScanningRule, GitHubOrigin, RulesetRules, Rulesets } from '../../../generated/index.ts';
import type { JsonValue } from '../../../json/index.ts';
import { list } from '../../../text/list/index.ts';
import type { OriginField } from '../../field.ts';
import type { GitHubPolicy } from '../policy.ts';

type Field = OriginField<GitHubOrigin, GitHubPolicy>;

type Switch = Exclude<keyof RulesetRules, 'pullRequest' | 'codeScanning'>;

/** Each a clause of its own: “no force pushes and changes by …” could be read as no changes. */
const switchNames: Readonly<Record<Switch, string>> = {
  restrictCreations: 'its creation is restricted',
  restrictUpdates: 'updates are restricted',
  restrictDeletions: 'its deletion is restricted',
  blockForcePushes: 'force pushes are blocked',
  requireLinearHistory: 'its history is linear',
  requireSignedCommits: 'its commits are signed',
};
const switches = Object.keys(switchNames) as Switch[];
const reviews = [
  'dismissStaleReviews',
  'requireCodeOwnerReview',
  'requireLastPushApproval',
  'requireThreadResolution',
];
const alerts = ['none', 'errors', 'errors-and-warnings', 'all'];
const securityAlerts = ['none', 'critical', 'high-or-higher', 'medium-or-higher', 'all'];

const meanings = {
  branchRulesets:
    'Rules that GitHub must have in force for the branch that was built; of a tag, for the branch that its commit is on (rule `origin.branch-rules`). See below',
  tagRulesets:
    'The same of the tag that was built; of a branch nothing is asked (rule `origin.tag-rules`). Tags have no pull requests and no code scanning: asked for, these are never there',
} as const;

const flag = (what: string): Measure => steps(what, [false, true], false);

/** The rules themselves are described in the schema once, for branches and tags. */
export function rulesetFields(
  of: 'branchRulesets' | 'tagRulesets',
  one: 'branch' | 'tag',
  many: string,
  schema: JsonSchema,
): readonly Field[] {
  const root = of;
  const rules = `${root} rules`;
  return [
    {
      path: root,
      schema,
      measure: requirement(`Protection of ${many} by the code host`),
      says: ({ origin }) => describeRulesets(one, origin[of]),
      asksHost: (origin) => (origin[of] === undefined ? null : `how the code host protects ${many}`),
      reference: { meaning: meanings[of], enforcedBy: 'signer, who asks GitHub' },
    },
    { path: `${root} allowBypass`, measure: steps('Bypassing the protection', [true, false], false) },
    { path: `${root} enforcedFrom`, measure: enforcedFrom },
    { path: rules, measure: requirement(`Protection of ${many} by the code host`) },
    ...switches.map((name): Field => ({
      path: `${rules} ${name}`,
      measure: flag(`${name} for ${many}`),
    })),
    { path: `${rules} pullRequest`, measure: requirement(`A pull request for ${many}`) },
    { path: `${rules} pullRequest minApprovals`, measure: atLeast('The number of reviews', 0) },
    ...reviews.map((name): Field => ({ path: `${rules} pullRequest ${name}`, measure: flag(name) })),
    { path: `${rules} codeScanning`, measure: requirement('Code scanning') },
    { path: `${rules} codeScanning *`, measure: requirement('Code scanning by this tool') },
    {
      path: `${rules} codeScanning * alerts`,
      measure: steps('Which alerts block', alerts, 'none'),
    },
    {
      path: `${rules} codeScanning * securityAlerts`,
      measure: steps('Which security alerts block', securityAlerts, 'none'),
    },
  ];
}

/** The longer the rules have been in force, the stricter. */
function enforcedFrom({ before, after }: Parameters<Measure>[0]): Judged {
  const moment = (value: JsonValue | undefined): number => {
    if (value === undefined || value === 'current-build') return Number.POSITIVE_INFINITY;
    if (value === 'earliest') return Number.NEGATIVE_INFINITY;
    return typeof value === 'string' ? Date.parse(value) : Number.NaN;
  };
  return moment(after) <= moment(before)
    ? tightens('The protection must have been in force for longer.')
    : loosens('The protection may be younger than before.');
}

function describeRulesets(what: 'branch' | 'tag', rulesets: Rulesets | undefined): readonly string[] {
  if (rulesets === undefined) return [];
  const { rules, allowBypass, enforcedFrom: from } = rulesets;
  const asked = [
    ...switches.filter((name) => rules[name] === true).map((name) => switchNames[name]),
    ...(rules.pullRequest === undefined ? [] : [describePullRequest(rules.pullRequest.minApprovals)]),
    ...(rules.codeScanning ?? []).map(describeScanning),
  ];
  const since =
    from === undefined || from === 'current-build'
      ? 'when the build runs'
      : from === 'earliest'
        ? 'since the first commit'
        : `since ${from}`;
  const bypass = allowBypass === true ? 'some people may bypass the rules' : 'nobody may bypass the rules';
  return [`The code host must protect the ${what} ${since} (${list(asked, 'and')}); ${bypass}.`];
}

function describePullRequest(minApprovals: number | undefined): string {
  if (minApprovals === undefined || minApprovals === 0) return 'changes come by pull request only';
  return `changes come by pull request with at least ${minApprovals} approving review${minApprovals === 1 ? '' : 's'}`;
}

const describeScanning = ({ tool }: CodeScanningRule): string => `${tool} scans the code`;
