/** Identity tokens of GitLab CI/CD: https://docs.gitlab.com/ci/secrets/id_token_authentication */
import type { BuildToken, IdentityTokens, ReadToken } from '../identity-token.ts';
import type { Claim } from '../sigstore/certificate.ts';
import type { GitLabCertificate } from './claims.ts';
import type { GitLabPolicy } from './policy.ts';

const id = /^[1-9]\d{0,18}$/;
const sha = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const word = /^[a-z_-]{1,60}$/;

/** Every one has to be there, as text. */
const forms: Readonly<Record<string, RegExp>> = {
  project_id: id,
  project_path: /^[\w.-]{1,255}(?:\/[\w.-]{1,255}){1,20}$/,
  namespace_id: id,
  /** Of the project that the job ran in. In a merge request's pipeline from a fork, the other ids are the fork's since GitLab 18.2.2. */
  job_project_id: id,
  user_id: id,
  pipeline_id: id,
  pipeline_source: word,
  job_id: id,
  ref: /^[^\s~^:?*\\[]{1,500}$/,
  ref_type: /^(?:branch|tag)$/,
  sha,
  runner_environment: word,
  ci_config_ref_uri: /^[^\s@]{3,500}@\S{1,500}$/,
  project_visibility: word,
};
/** Absent where there is none: of a job without an environment, and where the configuration lies in another project or on the web. */
const optionalForms: Readonly<Record<string, RegExp>> = {
  environment: /^[^\p{C}]{1,255}$/u,
  ci_config_sha: sha,
};

function read(payload: Readonly<Record<string, unknown>>): ReadToken {
  const claims: Record<string, string> = {};
  const all = [
    ...Object.entries(forms).map((one) => [...one, true] as const),
    ...Object.entries(optionalForms).map((one) => [...one, false] as const),
  ];
  for (const [name, form, isNeeded] of all) {
    // Of a configuration that lies elsewhere GitLab says nothing, or null.
    const value = (Object.hasOwn(payload, name) ? payload[name] : undefined) ?? undefined;
    if (value === undefined && !isNeeded) continue;
    if (typeof value !== 'string' || !form.test(value)) {
      return {
        ok: false,
        problem: `the claim ${name} is ${value === undefined ? 'missing' : 'not as GitLab writes it'}`,
      };
    }
    claims[name] = value;
  }
  const { project_id = '', job_project_id = '', pipeline_id = '', user_id = '' } = claims;
  if (job_project_id !== project_id) {
    return {
      ok: false,
      problem: `it names the project ${project_id}, and the job ran in the project ${job_project_id}, as that of a fork’s merge request does`,
    };
  }
  return {
    ok: true,
    // A retried job has a token of its own, which names who retried it; the pipeline is one.
    token: { repositoryId: project_id, run: pipeline_id, attempt: '1', accountId: user_id, claims },
  };
}

/** As Fulcio writes a certificate of it (sigstore/fulcio, config/identity/config.yaml). */
function claimsOf({ claims }: BuildToken, web: string): Omit<GitLabCertificate, 'issuer'> {
  const said = (name: string, prefix = ''): Claim => {
    const value = claims[name];
    return value === undefined
      ? { ok: false, problem: `the token has no claim ${name}` }
      : { ok: true, value: `${prefix}${value}` };
  };
  const project = `${web}/${claims['project_path'] ?? ''}`;
  const configuration = said('ci_config_ref_uri', 'https://');
  const digest = said('ci_config_sha');
  return {
    san: configuration,
    signerUri: configuration,
    signerDigest: digest,
    runner: said('runner_environment'),
    repositoryUri: { ok: true, value: project },
    commit: said('sha'),
    ref: said('ref', claims['ref_type'] === 'tag' ? 'refs/tags/' : 'refs/heads/'),
    repositoryId: said('project_id'),
    ownerUri: { ok: true, value: project.slice(0, project.lastIndexOf('/')) },
    ownerId: said('namespace_id'),
    buildConfigUri: configuration,
    buildConfigDigest: digest,
    trigger: said('pipeline_source'),
    runUri: { ok: true, value: `${project}/-/jobs/${claims['job_id'] ?? ''}` },
    visibility: said('project_visibility'),
    environment: said('environment'),
  };
}

export const identityToken: IdentityTokens<GitLabPolicy, GitLabCertificate> = {
  algorithms: ['RS256'],
  keysUrl: (issuer) => `${issuer}/oauth/discovery/keys`,
  // The issuer is the server itself, and its accounts are its own.
  accounts: (issuer) => ({ host: 'gitlab', server: issuer }),
  read,
  claims: claimsOf,
  asked: (policy) => policy,
  runAddress: (uri, pipeline) => `${uri}/-/pipelines/${pipeline}`,
  audienceLine: (audience) => `id_tokens: { COUNTERSIGN_ID_TOKEN: { aud: ${audience} } }`,
  renewal:
    'Retry the job: GitLab gives a token at its start. Submit in a job of its own, that does nothing before; or with an API token, where the upload takes longer.',
  words: {
    'origin.issuer': {
      message: 'The policy takes builds of another build system.',
      fix: 'Submit from a pipeline of the build system that the policy names.',
    },
    'origin.repository': {
      message:
        'The pipeline is one of another project (a fork, or a project of the same name, has another id).',
      fix: 'Submit from the project itself, or correct repository.id in the policy.',
    },
    'origin.repository-uri': {
      message: 'The project has another address than in the policy, letter by letter.',
      fix: 'If the project was renamed or moved, change repository.uri in the policy.',
    },
    'origin.owner': {
      message: 'The project is in another namespace than the policy names.',
      fix: 'If the project was transferred on purpose, change repository.ownerId in the policy.',
    },
    'origin.workflow': {
      message: 'Another CI configuration than the one the policy names is running, or one of another ref.',
      fix: 'Submit from a pipeline of the project’s own configuration, or change configuration in the policy.',
    },
    'origin.signer': {
      message: 'The job that submits is one of another CI configuration than the policy names.',
      fix: 'Submit in a job of the project’s own pipeline.',
    },
    'origin.ref': {
      message: 'The pipeline is one of a branch or tag that the policy doesn’t allow.',
      fix: 'Tag the commit, or change refs in the policy.',
    },
    'origin.commit': {
      message: 'The CI configuration wasn’t taken from the commit that the pipeline runs on.',
      fix: 'Keep the CI configuration in the project, and run the pipeline on the branch or tag it is part of.',
    },
    'origin.trigger': {
      message: 'The pipeline was started in a way that the policy doesn’t allow.',
      fix: 'Submit in a pipeline of one of the allowed sources, or change pipelineSources in the policy.',
    },
    'origin.runner': {
      message: 'The job that submits runs on another kind of machine than the policy names.',
      fix: 'Set the tags of the job to a runner that the policy allows, such as saas-linux-small-amd64.',
    },
    'origin.run': {
      message: 'The token names no job of the project.',
      fix: 'Submit from a job of the project itself.',
    },
    'origin.visibility': {
      message: 'The project isn’t public.',
      fix: 'Make the project public, or set visibility to any in the policy.',
    },
    'origin.environment': {
      message: 'The job that submits isn’t in the deployment environment that the policy names.',
      fix: 'Write the environment that the policy names into the job that submits, or change environment in the policy.',
    },
  },
};
