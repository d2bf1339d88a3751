import { fail, pass } from '../wire/finding/index.ts';
import type { Finding } from '../wire/finding/index.ts';
import { matchesRef } from '../glob/index.ts';
import type { Claim } from './certificate.ts';
import { parseRunUri } from './claims.ts';
import type { CertificateClaims } from './claims.ts';
import type { LocateInOrigin, OriginPolicy, PinnedBuilder } from './policy.ts';

interface Context {
  readonly claims: CertificateClaims;
  readonly policy: OriginPolicy;
  readonly locate: LocateInOrigin;
}

/**
 * Every rule about a build's certificate, each against the policy. All are judged, whatever the others answer,
 * so that a maintainer sees everything that is wrong at once. Values are compared with ===.
 */
export function judgeClaims(context: Context): readonly Finding[] {
  return [
    issuer(context),
    repository(context),
    repositoryUri(context),
    owner(context),
    workflow(context),
    signer(context),
    ref(context),
    commit(context),
    ...(context.policy.builder === undefined ? [] : [builderDigest(context, context.policy.builder)]),
    trigger(context),
    runner(context),
    run(context),
    rerun(context),
    ...(context.policy.visibility === 'public' ? [visibility(context)] : []),
    ...(context.policy.environment === undefined ? [] : [environment(context, context.policy.environment)]),
  ];
}

interface Judgement {
  readonly rule: string;
  /** What the claim is, as the middle of a sentence: "the repository's id". */
  readonly what: string;
  readonly claim: Claim;
  readonly expected: string;
  readonly accepts: (value: string) => boolean;
  readonly refusal: string;
  readonly fix: string;
  readonly path: readonly (string | number)[];
}

function judge({ locate }: Context, one: Judgement): Finding {
  const { rule, claim, expected } = one;
  const policy = locate(one.path);
  if (!claim.ok) {
    const message = `The certificate doesn't show ${one.what}: ${claim.problem}.`;
    const fix = `Build with a current version of the build system's attestation action. ${one.fix}`;
    return fail({ rule, message, expected, fix, policy });
  }
  const found = claim.value;
  if (one.accepts(found)) {
    return pass({ rule, message: `Checked ${one.what}: it is as the policy says.`, expected, found, policy });
  }
  return fail({ rule, message: one.refusal, expected, found, fix: one.fix, policy });
}

const exactly =
  (expected: string) =>
  (value: string): boolean =>
    value === expected;

function issuer(context: Context): Finding {
  const expected = context.policy.issuer;
  return judge(context, {
    rule: 'origin.issuer',
    what: 'who vouches for the build',
    claim: context.claims.issuer,
    expected,
    accepts: exactly(expected),
    refusal: 'Another issuer than the trusted one vouches for this build.',
    fix: 'Build on the build system that the policy names.',
    path: ['buildSystem'],
  });
}

function repository(context: Context): Finding {
  const expected = context.policy.repository.id;
  return judge(context, {
    rule: 'origin.repository',
    what: "the repository's id",
    claim: context.claims.repositoryId,
    expected,
    accepts: exactly(expected),
    refusal:
      'The file was built in another repository (a fork or a repository of the same name has another id).',
    fix: "Build in the project's own repository, or correct repository.id in the policy.",
    path: ['repository', 'id'],
  });
}

function repositoryUri(context: Context): Finding {
  const expected = context.policy.repository.uri;
  return judge(context, {
    rule: 'origin.repository-uri',
    what: "the repository's address",
    claim: context.claims.repositoryUri,
    expected,
    accepts: exactly(expected),
    refusal: 'The repository the file was built in has another address, letter by letter.',
    fix: 'If the repository was renamed or moved, change repository.uri in the policy.',
    path: ['repository', 'uri'],
  });
}

function owner(context: Context): Finding {
  const expected = context.policy.repository.ownerId;
  return judge(context, {
    rule: 'origin.owner',
    what: "the id of the repository's owner",
    claim: context.claims.ownerId,
    expected,
    accepts: exactly(expected),
    refusal: 'The repository belongs to another account than the policy names.',
    fix: 'If the repository was transferred on purpose, change repository.ownerId in the policy.',
    path: ['repository', 'ownerId'],
  });
}

function workflow(context: Context): Finding {
  const { policy, claims } = context;
  const expected = `${policy.repository.uri}/${policy.workflow}@${claims.ref.ok ? claims.ref.value : '(unknown ref)'}`;
  return judge(context, {
    rule: 'origin.workflow',
    what: 'the workflow that was run',
    claim: claims.buildConfigUri,
    expected,
    accepts: (value) => claims.ref.ok && value === expected,
    refusal: 'Another workflow than the one the policy names made this build.',
    fix: `Build with ${policy.workflow}, or change workflow in the policy.`,
    path: ['workflow'],
  });
}

function signer(context: Context): Finding {
  const { signerUri, san, buildConfigUri } = context.claims;
  const { builder } = context.policy;
  if (builder !== undefined) {
    const expected = `${builder.uri}@${builder.ref}`;
    return judge(context, {
      rule: 'origin.signer',
      what: 'which workflow signed the attestation',
      claim: san.ok ? signerUri : san,
      expected,
      accepts: (value) => value === expected && san.ok && san.value === value,
      refusal: 'The attestation was not signed by the reusable builder that the policy pins.',
      fix: `Build and attest with ${expected}, or change builder in the policy.`,
      path: ['builder'],
    });
  }
  const workflowUri = buildConfigUri.ok ? buildConfigUri.value : null;
  return judge(context, {
    rule: 'origin.signer',
    what: 'which workflow signed the attestation',
    claim: san.ok ? signerUri : san,
    expected: workflowUri ?? 'the workflow that was run',
    accepts: (value) => value === workflowUri && san.ok && san.value === value,
    refusal: 'The attestation was signed by another workflow than the one that was run.',
    fix: 'Attest in a job of the workflow itself, not in a reusable workflow that the policy does not name.',
    path: ['workflow'],
  });
}

function ref(context: Context): Finding {
  const { branches, tags } = context.policy.refs;
  const allowed = [...branches.map((one) => `branch ${one}`), ...tags.map((one) => `tag ${one}`)].join(', ');
  const matches = (prefix: string, patterns: readonly string[], value: string): boolean =>
    value.startsWith(prefix) && patterns.some((one) => matchesRef(one, value.slice(prefix.length)));
  return judge(context, {
    rule: 'origin.ref',
    what: 'the branch or tag that was built',
    claim: context.claims.ref,
    expected: allowed === '' ? 'none: the policy allows no branch and no tag' : allowed,
    accepts: (value) => matches('refs/heads/', branches, value) || matches('refs/tags/', tags, value),
    refusal: 'The file was built from a branch or tag that the policy does not allow.',
    fix: 'Release from an allowed branch or tag, or change refs in the policy.',
    path: ['refs'],
  });
}

/**
 * The source commit, the workflow's commit and the signing workflow's commit are the same for a workflow of the
 * repository itself; where they differ, the workflow was taken from another place than the source. A pinned
 * builder has a commit of its own, which `builderDigest` compares.
 */
function commit(context: Context): Finding {
  const { signerDigest, buildConfigDigest } = context.claims;
  const ownWorkflow = context.policy.builder === undefined;
  const sameAs = (claim: Claim, value: string): boolean => claim.ok && claim.value === value;
  return judge(context, {
    rule: 'origin.commit',
    what: 'the commit that was built, with the workflow taken from the same commit',
    claim: context.claims.commit,
    expected: 'one full commit id for source and workflow',
    accepts: (value) =>
      /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value) &&
      (!ownWorkflow || sameAs(signerDigest, value)) &&
      sameAs(buildConfigDigest, value),
    refusal: "The workflow wasn't taken from the commit that was built.",
    fix: 'Run the workflow on the branch or tag it is part of; do not start it for another commit.',
    path: ['workflow'],
  });
}

function builderDigest(context: Context, builder: PinnedBuilder): Finding {
  return judge(context, {
    rule: 'origin.builder',
    what: 'the commit of the reusable builder',
    claim: context.claims.signerDigest,
    expected: builder.digest,
    accepts: exactly(builder.digest),
    refusal: 'The reusable builder stood at another commit than the policy pins: its ref was moved.',
    fix: 'Find out who moved the ref. If the new commit is good, change builder.digest in the policy.',
    path: ['builder', 'digest'],
  });
}

function trigger(context: Context): Finding {
  const { triggers } = context.policy;
  return judge(context, {
    rule: 'origin.trigger',
    what: 'the event that started the build',
    claim: context.claims.trigger,
    expected: triggers.join(', '),
    accepts: (value) => triggers.includes(value),
    refusal: 'The build was started by an event that the policy does not allow.',
    fix:
      'Build on one of the allowed events. pull_request_target and workflow_run run with secrets on code that ' +
      'others wrote and should stay out of the policy.',
    path: ['triggers'],
  });
}

function runner(context: Context): Finding {
  const expected = context.policy.runner;
  return judge(context, {
    rule: 'origin.runner',
    what: 'the machine that built',
    claim: context.claims.runner,
    expected,
    accepts: exactly(expected),
    refusal: "The build ran on a machine that the code host doesn't provide; what was on it is unknown.",
    fix: 'Set runs-on of the release job to a runner hosted by GitHub, such as ubuntu-24.04.',
    path: ['runner'],
  });
}

function run(context: Context): Finding {
  const { uri } = context.policy.repository;
  return judge(context, {
    rule: 'origin.run',
    what: 'the run that built',
    claim: context.claims.runUri,
    expected: `${uri}/actions/runs/…`,
    accepts: (value) => parseRunUri(value)?.repositoryUri === uri,
    refusal: "The certificate names no run of the project's repository.",
    fix: "Build in the project's own repository with a current attestation action.",
    path: ['repository', 'uri'],
  });
}

function rerun(context: Context): Finding {
  const allowed = context.policy.allowReruns === true;
  return judge(context, {
    rule: 'origin.rerun',
    what: 'the attempt of the run',
    claim: context.claims.runUri,
    expected: allowed ? 'any attempt' : 'the first attempt',
    accepts: (value) => {
      const attempt = parseRunUri(value)?.attempt;
      return attempt !== undefined && (allowed || attempt === 1);
    },
    refusal: 'The file comes from a repeated attempt, which can replay an old commit long after its release.',
    fix: 'Start a new run instead of running the old one again, or allow reruns in the policy.',
    path: ['reruns'],
  });
}

function visibility(context: Context): Finding {
  return judge(context, {
    rule: 'origin.visibility',
    what: 'whether the repository was public',
    claim: context.claims.visibility,
    expected: 'public',
    accepts: exactly('public'),
    refusal:
      'The repository was not public when the file was built, so nobody can look at what it was built from.',
    fix: 'Make the repository public and build again, or set visibility to any in the policy.',
    path: ['visibility'],
  });
}

function environment(context: Context, expected: string): Finding {
  return judge(context, {
    rule: 'origin.environment',
    what: 'the deployment environment of the job',
    claim: context.claims.environment,
    expected,
    accepts: exactly(expected),
    refusal: 'The file was attested in another deployment environment than the policy names.',
    fix: `Write environment: ${expected} in the job that attests, or change environment in the policy.`,
    path: ['environment'],
  });
}
