/** What changes in a policy's `origin` mean. */
import type { JsonValue } from '../json/index.ts';
import type { FieldTable } from './judge-field.ts';
import { allowList, atLeast, atMost, identity, loosens, requirement, steps, tightens } from './measures.ts';
import type { Measure } from './measures.ts';

const flag = (what: string): Measure => steps(what, [false, true], false);
const alerts = ['none', 'errors', 'errors-and-warnings', 'all'];
const securityAlerts = ['none', 'critical', 'high-or-higher', 'medium-or-higher', 'all'];

const rulesets = (of: 'branchRulesets' | 'tagRulesets', what: string): FieldTable => {
  const rules = `origin ${of} rules`;
  const flags = [
    'restrictCreations',
    'restrictUpdates',
    'restrictDeletions',
    'blockForcePushes',
    'requireLinearHistory',
    'requireSignedCommits',
  ];
  const reviews = [
    'dismissStaleReviews',
    'requireCodeOwnerReview',
    'requireLastPushApproval',
    'requireThreadResolution',
  ];
  return [
    [`origin ${of}`, requirement(`Protection of ${what} by the code host`)],
    [`origin ${of} allowBypass`, steps('Bypassing the protection', [true, false], false)],
    [`origin ${of} enforcedFrom`, enforcedFrom],
    ...flags.map((one): readonly [string, Measure] => [`${rules} ${one}`, flag(`${one} for ${what}`)]),
    [`${rules} pullRequest`, requirement(`A pull request for ${what}`)],
    [`${rules} pullRequest minApprovals`, atLeast('The number of reviews', 0)],
    ...reviews.map((one): readonly [string, Measure] => [`${rules} pullRequest ${one}`, flag(one)]),
    [`${rules} codeScanning`, requirement('Code scanning')],
    [`${rules} codeScanning *`, requirement('Code scanning by this tool')],
    [`${rules} codeScanning * alerts`, steps('Which alerts block', alerts, 'none')],
    [`${rules} codeScanning * securityAlerts`, steps('Which security alerts block', securityAlerts, 'none')],
  ];
};

/** The longer the rules have been in force, the stricter. */
function enforcedFrom({
  before,
  after,
}: {
  before: JsonValue | undefined;
  after: JsonValue | undefined;
}): ReturnType<Measure> {
  const moment = (value: JsonValue | undefined): number => {
    if (value === undefined || value === 'current-build') return Number.POSITIVE_INFINITY;
    if (value === 'earliest') return Number.NEGATIVE_INFINITY;
    return typeof value === 'string' ? Date.parse(value) : Number.NaN;
  };
  return moment(after) <= moment(before)
    ? tightens('The protection must have been in force for longer.')
    : loosens('The protection may be younger than before.');
}

const maximumAge = atMost("A build's age in hours");

export const originFields: { readonly table: FieldTable; readonly maximumAge: Measure } = {
  maximumAge,
  table: [
    ['origin', requirement('A verified origin')],
    ['origin buildSystem', identity('The build system')],
    ['origin repository uri', identity("The repository's address")],
    ['origin repository id', identity("The repository's id")],
    ['origin repository ownerId', identity("The id of the repository's owner")],
    ['origin workflow', identity('The workflow')],
    ['origin refs branches', allowList('Building from the branch')],
    ['origin refs branches *', allowList('Building from the branch')],
    ['origin refs tags', allowList('Building from the tag')],
    ['origin refs tags *', allowList('Building from the tag')],
    ['origin triggers', allowList('A start by')],
    ['origin triggers *', allowList('A start by')],
    ['origin runner', runner],
    ['origin runner groups *', allowList('A runner of the group')],
    ['origin builder **', identity('The workflow that builds and attests')],
    ['origin reruns', steps('Repeated attempts of a run', ['allowed', 'refused'], 'refused')],
    ['origin maximumAgeHours', maximumAge],
    ['origin requireRunSuccess', flag('Success of the whole run')],
    ...rulesets('branchRulesets', 'branches'),
    ...rulesets('tagRulesets', 'tags'),
  ],
};

function runner({ after }: { after: JsonValue | undefined }): ReturnType<Measure> {
  return after === 'github-hosted'
    ? tightens('Builds must run on fresh machines of the build system.')
    : loosens('Builds may run on machines that the build system does not provide.');
}
