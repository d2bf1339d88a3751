/** What changes in a policy's `origin` mean. */
import type { JsonValue } from '../../json/index.ts';
import type { FieldTable } from './judge-field.ts';
import { releaseAgeHoursDefault, usualAttestations, usualVisibility } from '../../origin/index.ts';
import type { Difference, Judged } from './change.ts';
import {
  allowList,
  atLeast,
  atMost,
  identity,
  loosens,
  neutral,
  requirement,
  shown,
  steps,
  tightens,
} from './measures.ts';
import type { Documents, Measure } from './measures.ts';

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

const age = "A build's age in hours";

/**
 * Without a line, a release may be as old as the foundation says, or the default; which of the two, the document doesn't
 * tell. So a line that comes tightens only where it is no more than the default, and one that goes may loosen.
 */
function releaseAge(difference: Difference, documents: Documents): Judged {
  const { before, after } = difference;
  if (before !== undefined && after !== undefined) return atMost(age)(difference, documents);
  if (before === undefined && typeof after === 'number' && after <= releaseAgeHoursDefault) {
    return tightens(`${age} may be at most ${shown(after)} now.`);
  }
  return loosens(`${age} may be more than before, where nothing else says less.`);
}

function policyAge(difference: Difference, documents: Documents): Judged {
  const { after } = documents as { after?: { purpose?: unknown } };
  return after?.purpose === 'test' ? atMost(age)(difference, documents) : releaseAge(difference, documents);
}

/** A list that comes or goes is held against what counts where there is none. */
function attestations(difference: Difference): Judged {
  if (difference.nature === 'order') return neutral('Only the order changed.');
  const listed = (value: JsonValue | undefined): readonly JsonValue[] =>
    Array.isArray(value) ? value : usualAttestations;
  const [before, after] = [listed(difference.before), listed(difference.after)];
  const added = after.filter((one) => !before.includes(one));
  if (added.length > 0) return loosens(`${added.map(shown).join(', ')} counts as proof of a build now.`);
  const gone = before.filter((one) => !after.includes(one));
  return gone.length === 0
    ? neutral('The same counts as proof of a build as where the line is left out.')
    : tightens(`${gone.map(shown).join(', ')} counts no more as proof of a build.`);
}

/** What a missing line means depends on what the policy is for. */
function visibility(difference: Difference, documents: Documents): Judged {
  const usual = (document: JsonValue): JsonValue =>
    usualVisibility[(document as { purpose?: unknown }).purpose === 'test' ? 'test' : 'release'];
  const { before = usual(documents.before), after = usual(documents.after) } = difference;
  const order = ['any', 'public'];
  return steps(
    'Whether the repository must be public',
    order,
    'any',
  )({ ...difference, before, after }, documents);
}

export const originFields: {
  readonly table: FieldTable;
  /** Of the foundation's floors. */
  readonly releaseAge: Measure;
  readonly testAge: Measure;
} = {
  releaseAge,
  testAge: atMost(age),
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
    ['origin attestations', attestations],
    ['origin attestations *', allowList('As proof of a build')],
    ['origin environment', requirement('The deployment environment')],
    ['origin visibility', visibility],
    ['origin maximumAgeHours', policyAge],
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
