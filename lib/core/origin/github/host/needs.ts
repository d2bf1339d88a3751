/** What a policy wants a branch or tag to be protected by, one need for each line, and which of GitHub's rules fill it. */
import type { CodeScanningRule, PullRequestRule, RulesetRules } from '../../../generated/index.ts';
import type { HostRule, Protection } from './answers.ts';

export interface Need {
  /** Inside `rules`, as the policy writes it. */
  readonly line: string;
  filledBy(rule: HostRule): boolean;
  /** By classic branch protection, whose settings have other names. */
  filledByClassic(protection: Protection): boolean;
}

type Switch = Exclude<keyof RulesetRules, 'pullRequest' | 'codeScanning'>;
type Classic = (protection: Protection) => boolean;

const switches: Readonly<Record<Switch, readonly [type: string, classic: Classic]>> = {
  restrictCreations: ['creation', ({ block_creations }) => block_creations?.enabled === true],
  restrictUpdates: [
    'update',
    ({ lock_branch, lock_allows_fork_syncing: syncs }) =>
      lock_branch?.enabled === true && syncs?.enabled !== true,
  ],
  restrictDeletions: ['deletion', ({ allow_deletions }) => allow_deletions?.enabled === false],
  blockForcePushes: ['non_fast_forward', ({ allow_force_pushes }) => allow_force_pushes?.enabled === false],
  requireLinearHistory: [
    'required_linear_history',
    ({ required_linear_history }) => required_linear_history?.enabled === true,
  ],
  requireSignedCommits: [
    'required_signatures',
    ({ required_signatures }) => required_signatures?.enabled === true,
  ],
};

export function needsOf(rules: RulesetRules): readonly Need[] {
  const wanted = (Object.keys(switches) as Switch[]).filter((line) => rules[line] === true);
  return [
    ...wanted.map((line): Need => {
      const [type, classic] = switches[line];
      // Whoever may write could still update it from the repository that it was forked from.
      const isWhole = ({ parameters }: HostRule) => parameters?.update_allows_fetch_and_merge !== true;
      return { line, filledBy: (rule) => rule.type === type && isWhole(rule), filledByClassic: classic };
    }),
    ...(rules.pullRequest === undefined ? [] : reviews(rules.pullRequest)),
    ...(rules.codeScanning ?? []).map(scanning),
  ];
}

type Reviews = NonNullable<Protection['required_pull_request_reviews']>;
type Flag = Exclude<keyof PullRequestRule, 'minApprovals' | 'requireThreadResolution'>;
const flags: Readonly<
  Record<Flag, readonly [parameter: keyof Parameters, classic: (reviews: Reviews) => boolean]>
> = {
  dismissStaleReviews: ['dismiss_stale_reviews_on_push', (reviews) => reviews.dismiss_stale_reviews],
  requireCodeOwnerReview: ['require_code_owner_review', (reviews) => reviews.require_code_owner_reviews],
  requireLastPushApproval: ['require_last_push_approval', (reviews) => reviews.require_last_push_approval],
};

type Parameters = NonNullable<HostRule['parameters']>;

function reviews(wanted: PullRequestRule): readonly Need[] {
  const minApprovals = wanted.minApprovals ?? 0;
  const need = (
    line: string,
    filledBy: (parameters: Parameters) => boolean,
    filledByClassic: Classic,
  ): Need => ({
    line,
    filledBy: ({ type, parameters }) => type === 'pull_request' && filledBy(parameters ?? {}),
    filledByClassic,
  });
  const ofClassic =
    (filled: (reviews: Reviews) => boolean): Classic =>
    ({ required_pull_request_reviews: found }) =>
      found !== undefined && filled(found);
  return [
    need(
      minApprovals === 0 ? 'pullRequest' : 'pullRequest.minApprovals',
      ({ required_approving_review_count: count }) =>
        minApprovals === 0 || (typeof count === 'number' && count >= minApprovals),
      ofClassic((found) => found.required_approving_review_count >= minApprovals),
    ),
    ...(Object.keys(flags) as Flag[])
      .filter((line) => wanted[line] === true)
      .map((line) => {
        const [parameter, classic] = flags[line];
        return need(`pullRequest.${line}`, (found) => found[parameter] === true, ofClassic(classic));
      }),
    ...(wanted.requireThreadResolution === true
      ? [
          need(
            'pullRequest.requireThreadResolution',
            (found) => found.required_review_thread_resolution === true,
            ({ required_conversation_resolution: found }) => found?.enabled === true,
          ),
        ]
      : []),
  ];
}

/** From what blocks nothing to what blocks most, as GitHub writes them. */
const alerts = ['none', 'errors', 'errors_and_warnings', 'all'];
const securityAlerts = ['none', 'critical', 'high_or_higher', 'medium_or_higher', 'all'];
const reaches = (order: readonly string[], found: string | undefined, wanted: string | undefined): boolean =>
  wanted === undefined ||
  (found !== undefined && order.indexOf(found) >= order.indexOf(wanted.replaceAll('-', '_')));

function scanning({ tool, alerts: wanted, securityAlerts: wantedSecurity }: CodeScanningRule): Need {
  return {
    line: `codeScanning ${tool}`,
    filledBy({ type, parameters }) {
      if (type !== 'code_scanning') return false;
      return (parameters?.code_scanning_tools ?? []).some(
        (one) =>
          one.tool === tool &&
          reaches(alerts, one.alerts_threshold, wanted) &&
          reaches(securityAlerts, one.security_alerts_threshold, wantedSecurity),
      );
    },
    // Classic protection knows status checks alone, which say nothing of a tool.
    filledByClassic: () => false,
  };
}
