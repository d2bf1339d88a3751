/**
 * SignPath's conditions about GitHub's runners, runs and rulesets → lines of an origin of GitLab, where GitLab has a counterpart. What has
 * none is left out, each by its place and with the reason.
 */
import { Document } from 'yaml';
import type { Node } from 'yaml';
import type { SigningPolicy } from '#core/generated/index.ts';
import { baseAsksMore, keepOrLoosen } from './keep-base.ts';
import type { At, PolicyYaml } from './policy-yaml.ts';
import type { SignpathPolicy } from './read-policy.ts';
import type { Report } from './report.ts';
import { quoted } from './source.ts';
import { mapOf } from './write-yaml.ts';
import type { Line } from './write-yaml.ts';

type GitLabLines = Extract<NonNullable<SigningPolicy['origin']>, { readonly provider: 'gitlab' }>;

interface Options {
  readonly yaml: PolicyYaml;
  readonly report: Report;
  readonly base: GitLabLines;
}

const nodeOf = (value: unknown) =>
  new Document(undefined, { version: '1.2', schema: 'core' }).createNode(value);

/** In place of the base's lines of the same name. */
export function gitlabOriginLines(policy: SignpathPolicy, options: Options): readonly Line[] {
  const branch = protection(policy, options);
  const [onRunner, onRetries] = [runner(policy, options), retries(policy, options)];
  const { base } = options;
  // Comments beside conditions that have no line here go to one that is there.
  const first: Line | null =
    branch.value === null && branch.comments.length > 0
      ? {
          key: 'runner',
          value: onRunner?.value ?? base.runner,
          comments: [...(onRunner?.comments ?? []), ...branch.comments],
        }
      : onRunner;
  const last: Line | null =
    branch.value === null ? null : { key: 'protectedBranch', value: branch.value, comments: branch.comments };
  return [first, onRetries, last].filter((line) => line !== null);
}

const hostedGroup = 'github actions';

function runner({ githubHosted, groups }: SignpathPolicy, { yaml, report, base }: Options): Line | null {
  const pointers = [githubHosted?.at.pointer, groups?.at.pointer].filter((pointer) => pointer !== undefined);
  const comments = pointers.flatMap((pointer) => [
    ...yaml.takeComments(pointer.slice(0, pointer.lastIndexOf('/'))),
    ...yaml.takeCommentsBelow(pointer),
  ]);
  const others = groups?.names.filter((name) => name.toLowerCase() !== hostedGroup) ?? [];
  if (groups !== null && others.length > 0) {
    report.addAt(
      'left-out',
      yaml.locate(groups.at.pointer),
      `allowed_groups ${quoted(groups.names.join(', '))}`,
      'GitLab tells runners by kind and number, not by the names of groups.',
      'Write runners: {kinds: […], ids: […]} into the origin.',
    );
  }
  const isHosted = githubHosted?.value === true || (groups !== null && others.length === 0);
  if (!isHosted) return comments.length === 0 ? null : { key: 'runner', value: base.runner, comments };
  const place = yaml.locate(githubHosted?.at.pointer ?? groups?.at.pointer ?? '');
  const why = 'Of GitLab it asks for the runners that GitLab.com hosts; an instance of one’s own has none.';
  report.addAt(
    'note',
    place,
    'runners of the code host’s own',
    why,
    'Check that releases are built on them.',
  );
  return { key: 'runner', value: 'gitlab-hosted', comments };
}

function retries({ disallowReruns }: SignpathPolicy, { yaml, report, base }: Options): Line | null {
  // Where nothing is said, neither format asks.
  if (disallowReruns === null) return null;
  const { pointer } = disallowReruns.at;
  const comments = [
    ...yaml.takeComments(pointer.slice(0, pointer.lastIndexOf('/'))),
    ...yaml.takeComments(pointer),
  ];
  const { value } = disallowReruns;
  if (value) report.addAt('note', yaml.locate(pointer), 'disallow_reruns', askedOfHost, accessNeeded);
  const isStricter = !value && base.retries === 'refused';
  if (isStricter)
    report.addAt('changed', yaml.locate(pointer), 'disallow_reruns false', baseAsksMore, keepOrLoosen);
  return { key: 'retries', value: value || isStricter ? 'refused' : 'allowed', comments };
}

/** Rule → why there is no line for it. */
const without: Readonly<Record<string, string>> = {
  restrictCreations: 'Of GitLab nothing is asked about who creates branches.',
  restrictUpdates: 'GitLab has roles in place of bypasses: push and merge of protectedBranch say which.',
  requireLinearHistory: 'On GitLab it is the project’s way of merging, which isn’t asked about.',
  requireSignedCommits: 'On GitLab it is a rule for pushes, which isn’t asked about.',
  dismissStaleReviews: 'It isn’t asked about on GitLab.',
  requireLastPushApproval: 'It isn’t asked about on GitLab.',
  requireThreadResolution: 'It isn’t asked about on GitLab.',
  codeScanning: 'GitLab’s scans are jobs of the pipeline.',
};
const keepThere = 'Keep the rule at the code host; the signer won’t check it.';

function protection(
  policy: SignpathPolicy,
  { yaml, report, base }: Options,
): { readonly value: Node | null; readonly comments: readonly string[] } {
  const { conditions, rules, rulesets } = policy;
  const comments = [
    ...rulesets.flatMap(({ pointer }) => yaml.takeComments(pointer)),
    ...[...rules.comments.values()].flat(),
    ...conditions.flatMap(({ at }) => yaml.takeCommentsBelow(at.pointer)),
  ];
  const place = (at: At | undefined) => yaml.locate((at ?? conditions[0]?.at)?.pointer ?? '');
  const leaveOut = (rule: string, what = rule): void => {
    const why = without[rule] ?? 'GitLab has nothing that means the same.';
    report.addAt('left-out', place(rules.places.get(what)), rule, why, keepThere);
  };
  const wanted = new Set([...rules.flags].filter(([, value]) => value).map(([rule]) => rule));
  for (const rule of wanted) if (Object.hasOwn(without, rule)) leaveOut(rule);
  const pull = rules.pullRequest;
  for (const [rule, value] of pull ?? [])
    if (value === true && Object.hasOwn(without, rule)) leaveOut(rule, 'pullRequest');
  if (rules.codeScanning.length > 0) leaveOut('codeScanning');
  if (wanted.has('restrictDeletions')) {
    const why =
      'On GitLab it is a part of protecting a branch, which keeps it from being deleted by Git; maintainers can still delete it on the web.';
    const at = place(rules.places.get('restrictDeletions'));
    report.addAt('changed', at, 'restrictDeletions', why, 'Nothing, if that is enough.');
  }
  for (const { at, allowBypass, enforcedFrom } of conditions) {
    if (!allowBypass) {
      const why = 'GitLab doesn’t tell who may change the protection, or that nobody has.';
      report.addAt('left-out', yaml.locate(at.pointer), 'allow_bypass_actors false', why, keepThere);
    }
    if (enforcedFrom !== 'current-build') {
      const why = 'GitLab doesn’t tell since when a branch is protected.';
      report.addAt('left-out', yaml.locate(at.pointer), `enforced_from ${enforcedFrom}`, why, keepThere);
    }
  }
  const asked = Number(pull?.get('minApprovals') ?? 0);
  const approvals = Math.max(asked, base.protectedBranch?.minApprovals ?? 0);
  if (asked > 0 && approvals > asked) {
    const at = place(rules.places.get('pullRequest'));
    report.addAt('changed', at, `min_required_approvals ${asked}`, baseAsksMore, keepOrLoosen);
  }
  const own = {
    ...(pull === null ? {} : { push: 'no-one' }),
    ...(wanted.has('blockForcePushes') ? { blockForcePushes: true } : {}),
    ...(pull?.get('requireCodeOwnerReview') === true ? { requireCodeOwnerApproval: true } : {}),
    ...(approvals > 0 ? { minApprovals: approvals } : {}),
  };
  if (Object.keys(own).length === 0 && !wanted.has('restrictDeletions')) return { value: null, comments };
  report.addAt('note', place(undefined), 'rulesets', askedOfHost, accessNeeded);
  const lines = Object.entries({ ...base.protectedBranch, ...own });
  const value = mapOf(lines.map(([key, one]): Line => ({ key, value: nodeOf(one) })));
  return { value, comments };
}

const askedOfHost = 'The signer asks GitLab itself about this, each time it signs.';
const accessNeeded =
  'The foundation’s trust/root.yaml needs hostApi for the build system; without it the policy is refused.';
