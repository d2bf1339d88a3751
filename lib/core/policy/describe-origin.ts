import type { CodeScanningRule, Origin, RulesetRules, Rulesets } from '../generated/index.ts';
import type { AttestationKind } from '../origin/index.ts';
import { list } from './describe-list.ts';
import type { EffectivePolicy } from './effective-policy.ts';

/** What a policy says about where and how the file is built, in sentences. */
export function describeOrigin(effective: EffectivePolicy): readonly string[] {
  const { origin, originPolicy, buildSystem, project } = effective;
  if (origin === null || originPolicy === null)
    return ['The origin is not checked, so this policy can use only a test certificate.'];
  const system = buildSystem?.displayName ?? origin.buildSystem;
  return [
    `${project.name} must be built by ${system} from ${origin.repository.uri} (repository ${origin.repository.id}, owner ${origin.repository.ownerId}).`,
    `The build must run ${origin.workflow} from ${describeRefs(origin)}.`,
    `Only these events may start it: ${origin.triggers.map((one) => triggerNames[one]).join(', ')}.`,
    describeRunner(origin, system),
    describeBuilder(origin),
    origin.reruns === 'allowed'
      ? 'A repeated attempt of a run is accepted too.'
      : 'Only the first attempt of a run is accepted.',
    ...(originPolicy.environment === undefined
      ? []
      : [`It must run in the deployment environment ${originPolicy.environment}.`]),
    originPolicy.visibility === 'public'
      ? 'The repository must be public when it is built.'
      : 'The repository need not be public.',
    ...describeAge(effective),
    ...(origin.requireRunSuccess === true ? ['The whole run must have ended with success.'] : []),
    ...describeRulesets('branch', origin.branchRulesets),
    ...describeRulesets('tag', origin.tagRulesets),
    describeAttestations(originPolicy.attestations),
    'The build system’s signature must be about exactly the file that is submitted.',
  ];
}

function describeAge({ age }: EffectivePolicy): readonly string[] {
  if (age === null) return [];
  const says = {
    policy: '',
    foundation: ', as the foundation asks of every policy',
    default: ', as neither the policy nor the foundation says how old',
  }[age.from];
  return [`When it is signed, the build may be at most ${hours(age.hours)} old${says}.`];
}

const attestationNames: Readonly<Record<AttestationKind, string>> = {
  'slsa-provenance-v1': 'SLSA provenance version 1',
  'slsa-provenance-v0.2': 'SLSA provenance version 0.2',
  signature: 'a bare signature over the file, which states nothing about its build',
};

function describeAttestations(kinds: readonly AttestationKind[]): string {
  const names = [...new Set(kinds)].map((one): string => attestationNames[one]);
  return `What proves the build is ${list(names, 'or')}, signed by the build system.`;
}

const triggerNames: Readonly<Record<Origin['triggers'][number], string>> = {
  push: 'a push',
  release: 'a release',
  workflow_dispatch: 'a start by hand',
};

function describeRefs({ refs }: Origin): string {
  const branches = refs.branches === undefined ? [] : [named('branch', 'branches', refs.branches)];
  const tags = refs.tags === undefined ? [] : [named('tag', 'tags', refs.tags)];
  return [...branches, ...tags].join(' or from ');
}

function named(one: string, many: string, names: readonly string[]): string {
  return `the ${names.length === 1 ? one : many} ${list(names, 'or')}`;
}

function describeRunner({ runner }: Origin, system: string): string {
  if (runner === 'github-hosted') {
    return `It must run on a fresh machine of ${system}, not on one of the project’s own.`;
  }
  return `It must run on a machine of ${named('group', 'groups', runner.groups)}.`;
}

function describeBuilder({ builder }: Origin): string {
  if (builder === undefined)
    return 'The workflow itself must attest the build, not a reusable one that it calls.';
  return `The reusable workflow ${builder.uri} must build and attest it, called at ${builder.ref} and read from commit ${builder.digest}.`;
}

function hours(count: number): string {
  if (count % 24 === 0) return count === 24 ? '1 day' : `${count / 24} days`;
  return count === 1 ? '1 hour' : `${count} hours`;
}

type Switch = Exclude<keyof RulesetRules, 'pullRequest' | 'codeScanning'>;

const switchNames: Readonly<Record<Switch, string>> = {
  restrictCreations: 'who may create it',
  restrictUpdates: 'who may update it',
  restrictDeletions: 'who may delete it',
  blockForcePushes: 'no force pushes',
  requireLinearHistory: 'a linear history',
  requireSignedCommits: 'signed commits',
};

function describeRulesets(what: 'branch' | 'tag', rulesets: Rulesets | undefined): readonly string[] {
  if (rulesets === undefined) return [];
  const { rules, allowBypass, enforcedFrom } = rulesets;
  const switches = (Object.keys(switchNames) as Switch[]).filter((name) => rules[name] === true);
  const asked = [
    ...switches.map((name) => switchNames[name]),
    ...(rules.pullRequest === undefined ? [] : [describePullRequest(rules.pullRequest.minApprovals)]),
    ...(rules.codeScanning ?? []).map(describeScanning),
  ];
  const since =
    enforcedFrom === undefined || enforcedFrom === 'current-build'
      ? 'when the build runs'
      : enforcedFrom === 'earliest'
        ? 'since the first commit'
        : `since ${enforcedFrom}`;
  const bypass = allowBypass === true ? 'some people may bypass the rules' : 'nobody may bypass the rules';
  return [`The code host must protect the ${what} ${since} (${list(asked, 'and')}); ${bypass}.`];
}

function describePullRequest(minApprovals: number | undefined): string {
  if (minApprovals === undefined || minApprovals === 0) return 'changes by pull request only';
  return `changes by pull request with at least ${minApprovals} approving review${minApprovals === 1 ? '' : 's'}`;
}

const describeScanning = ({ tool }: CodeScanningRule): string => `code scanning with ${tool}`;
