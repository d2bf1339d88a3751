/** Identity tokens of GitHub Actions: https://docs.github.com/actions/reference/security/oidc */
import type { BuildToken, IdentityTokens, ReadToken } from '../identity-token.ts';
import type { Claim } from '../sigstore/certificate.ts';
import type { GitHubCertificate } from './claims.ts';
import type { GitHubPolicy } from './policy.ts';

const id = /^[1-9]\d{0,18}$/;
const sha = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const file = /^[^\s@]{3,500}@\S{1,500}$/;

/** Every one has to be there, as text. GitHub writes ids as text, too: `run_id` as a number is another's token. */
const forms: Readonly<Record<string, RegExp>> = {
  repository: /^[\w.-]{1,100}\/[\w.-]{1,100}$/,
  repository_id: id,
  repository_owner: /^[\w.-]{1,100}$/,
  repository_owner_id: id,
  repository_visibility: /^[a-z]{1,20}$/,
  workflow_ref: file,
  workflow_sha: sha,
  job_workflow_ref: file,
  job_workflow_sha: sha,
  ref: /^refs\/\S{1,500}$/,
  sha,
  event_name: /^[a-z_]{1,60}$/,
  run_id: id,
  run_attempt: /^[1-9]\d{0,5}$/,
  runner_environment: /^[a-z-]{1,40}$/,
  actor_id: id,
};
/** Of a job without an environment the claim is absent. */
const environmentForm = /^[^\p{C}]{1,255}$/u;

function read(payload: Readonly<Record<string, unknown>>): ReadToken {
  const claims: Record<string, string> = {};
  for (const [name, form] of Object.entries(forms)) {
    const value = Object.hasOwn(payload, name) ? payload[name] : undefined;
    if (typeof value !== 'string' || !form.test(value)) {
      return {
        ok: false,
        problem: `the claim ${name} is ${value === undefined ? 'missing' : 'not as GitHub writes it'}`,
      };
    }
    claims[name] = value;
  }
  const environment = Object.hasOwn(payload, 'environment') ? payload['environment'] : undefined;
  if (environment !== undefined) {
    if (typeof environment !== 'string' || !environmentForm.test(environment)) {
      return { ok: false, problem: 'the claim environment is not as GitHub writes it' };
    }
    claims['environment'] = environment;
  }
  const { repository_id = '', run_id = '', run_attempt = '', actor_id = '' } = claims;
  // Of a repeated attempt, too, it names who started the first one. Who repeated it is said nowhere, and may be anybody who approves.
  const accountId = run_attempt === '1' ? actor_id : null;
  return {
    ok: true,
    token: { repositoryId: repository_id, run: run_id, attempt: run_attempt, accountId, claims },
  };
}

/** As Fulcio writes a certificate of it (sigstore/fulcio, config/identity/config.yaml). */
function claimsOf({ claims }: BuildToken, web: string): Omit<GitHubCertificate, 'issuer'> {
  const said = (name: string, prefix = ''): Claim => {
    const value = claims[name];
    return value === undefined
      ? { ok: false, problem: `the token has no claim ${name}` }
      : { ok: true, value: `${prefix}${value}` };
  };
  const run = `/actions/runs/${claims['run_id'] ?? ''}/attempts/${claims['run_attempt'] ?? ''}`;
  return {
    san: said('job_workflow_ref', `${web}/`),
    signerUri: said('job_workflow_ref', `${web}/`),
    signerDigest: said('job_workflow_sha'),
    runner: said('runner_environment'),
    repositoryUri: said('repository', `${web}/`),
    commit: said('sha'),
    ref: said('ref'),
    repositoryId: said('repository_id'),
    ownerUri: said('repository_owner', `${web}/`),
    ownerId: said('repository_owner_id'),
    buildConfigUri: said('workflow_ref', `${web}/`),
    buildConfigDigest: said('workflow_sha'),
    trigger: said('event_name'),
    runUri: { ok: true, value: `${web}/${claims['repository'] ?? ''}${run}` },
    visibility: said('repository_visibility'),
    environment: said('environment'),
  };
}

/** The builder that a policy pins attests; a job of the workflow itself may submit what it made. */
function asked(policy: GitHubPolicy, claims: Omit<GitHubCertificate, 'issuer'>): GitHubPolicy {
  const { builder, ...own } = policy;
  const { signerUri, buildConfigUri } = claims;
  const ofWorkflow = signerUri.ok && buildConfigUri.ok && signerUri.value === buildConfigUri.value;
  return builder === undefined || ofWorkflow ? own : policy;
}

const publicIssuer = 'https://token.actions.githubusercontent.com';

export const identityToken: IdentityTokens<GitHubPolicy, GitHubCertificate> = {
  algorithms: ['RS256'],
  keysUrl: (issuer) => `${issuer}/.well-known/jwks`,
  // A GitHub Enterprise Server has accounts of its own: its account 7 is somebody else.
  accounts: (issuer) =>
    issuer === publicIssuer || issuer.startsWith(`${publicIssuer}/`)
      ? { host: 'github', server: 'https://github.com' }
      : null,
  read,
  claims: claimsOf,
  asked,
  runAddress: (uri, run, attempt) => `${uri}/actions/runs/${run}/attempts/${attempt}`,
  renewal: 'Ask for a new token right before each call, in the step that submits.',
  audienceLine: (audience) => `"$ACTIONS_ID_TOKEN_REQUEST_URL&audience=${encodeURIComponent(audience)}"`,
  words: {
    'origin.issuer': {
      message: 'The policy takes builds of another build system.',
      fix: 'Submit from a run of the build system that the policy names.',
    },
    'origin.repository': {
      message:
        'The run is one of another repository (a fork, or a repository of the same name, has another id).',
      fix: 'Submit from the project’s own repository, or correct repository.id in the policy.',
    },
    'origin.repository-uri': {
      message: 'The repository has another address than in the policy, letter by letter.',
      fix: 'If the repository was renamed or moved, change repository.uri in the policy.',
    },
    'origin.owner': {
      message: 'The repository belongs to another account than the policy names.',
      fix: 'If the repository was transferred on purpose, change repository.ownerId in the policy.',
    },
    'origin.workflow': {
      message: 'Another workflow than the one the policy names is running.',
      fix: 'Submit from the workflow that the policy names, or change workflow in the policy.',
    },
    'origin.signer': {
      message: 'The job that submits is in a reusable workflow that the policy doesn’t name.',
      fix: 'Submit in a job of the workflow itself, or pin the reusable workflow as builder in the policy.',
    },
    'origin.builder': {
      message: 'The reusable builder stood at another commit than the policy pins: its ref was moved.',
      fix: 'Find out who moved the ref. If the new commit is good, change builder.digest in the policy.',
    },
    'origin.ref': {
      message: 'The run is one of a branch or tag that the policy doesn’t allow.',
      fix: 'Tag the commit, or change refs in the policy.',
    },
    'origin.commit': {
      message: 'The workflow wasn’t taken from the commit that it runs on.',
      fix: 'Run the workflow on the branch or tag that it is part of.',
    },
    'origin.trigger': {
      message: 'The run was started by an event that the policy doesn’t allow.',
      fix: 'Submit in a run of one of the allowed events, or change triggers in the policy.',
    },
    'origin.runner': {
      message: 'The job that submits runs on a machine that GitHub doesn’t provide.',
      fix: 'Set runs-on of the job to a runner hosted by GitHub, such as ubuntu-24.04.',
    },
    'origin.run': {
      message: 'The token names no run of the project’s repository.',
      fix: 'Submit from a run in the project’s own repository.',
    },
    'origin.rerun': {
      message:
        'This is a repeated attempt of the run, which can replay an old commit long after its release.',
      fix: 'Start a new run in place of running the old one again, or allow reruns in the policy.',
    },
    'origin.visibility': {
      message: 'The repository isn’t public.',
      fix: 'Make the repository public, or set visibility to any in the policy.',
    },
    'origin.environment': {
      message: 'The job that submits isn’t in the deployment environment that the policy names.',
      fix: 'Write the environment that the policy names into the job that submits, or change environment in the policy.',
    },
  },
};
