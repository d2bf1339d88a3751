/** The memory in the words of GitLab's API: https://docs.gitlab.com/api/api_resources */
import { createHash } from 'node:crypto';
import { sha1 } from '../../github/objects.ts';
import type { Access, BranchRule, Job, Pipeline, Project } from './state.ts';

export type Json = Readonly<Record<string, unknown>>;

const at = '2026-11-28T10:00:00.000Z';
/** Web address of the instance, which isn't where the fake listens. */
const instance = 'https://gitlab.com';

export const webUrl = ({ namespacePath, path }: Project): string => `${instance}/${namespacePath}/${path}`;

/** `sees`: the code, and settings of CI/CD. */
export function projectResource(
  project: Project,
  sees: { readonly code: boolean; readonly settings: boolean },
): Json {
  const full = `${project.namespacePath}/${project.path}`;
  return {
    id: project.id,
    description: null,
    name: project.path,
    name_with_namespace: full,
    path: project.path,
    path_with_namespace: full,
    created_at: at,
    default_branch: project.defaultBranch,
    web_url: webUrl(project),
    forks_count: 0,
    star_count: 0,
    namespace: {
      id: project.namespaceId,
      name: project.namespacePath,
      path: project.namespacePath.split('/').at(-1),
      kind: 'group',
      full_path: project.namespacePath,
      parent_id: null,
      avatar_url: null,
      web_url: `${instance}/groups/${project.namespacePath}`,
    },
    visibility: project.visibility,
    archived: false,
    ...(sees.code ? { ci_config_path: project.configuration } : {}),
    ...(sees.settings
      ? {
          restrict_user_defined_variables: project.variables.restricted,
          ci_pipeline_variables_minimum_override_role: project.variables.role,
        }
      : {}),
  };
}

function pipelineBasic(project: Project, pipeline: Pipeline): Json {
  return {
    id: pipeline.id,
    iid: pipeline.id - 70_000,
    project_id: pipeline.projectId,
    sha: pipeline.sha,
    ref: pipeline.ref,
    status: pipeline.status,
    source: pipeline.source,
    created_at: at,
    updated_at: at,
    web_url: `${webUrl(project)}/-/pipelines/${pipeline.id}`,
  };
}

const user = {
  id: 7,
  username: 'nora-newcomer',
  name: 'Nora Newcomer',
  state: 'active',
  web_url: `${instance}/nora-newcomer`,
};

export const pipelineResource = (project: Project, pipeline: Pipeline): Json => ({
  ...pipelineBasic(project, pipeline),
  name: null,
  before_sha: '0'.repeat(40),
  tag: pipeline.tag,
  yaml_errors: null,
  user,
  started_at: at,
  finished_at: null,
  committed_at: null,
  duration: null,
  queued_duration: 1,
  coverage: null,
  detailed_status: { text: pipeline.status, group: pipeline.status },
});

export function commitResource(project: Project, sha: string): Json {
  const { parents, message } = project.objects.commit(sha);
  return {
    id: sha,
    short_id: sha.slice(0, 8),
    created_at: at,
    parent_ids: parents,
    title: message,
    message,
    author_name: user.name,
    author_email: 'nora@example.org',
    committed_date: at,
    web_url: `${webUrl(project)}/-/commit/${sha}`,
  };
}

function jobBasic(project: Project, pipeline: Pipeline, job: Job): Json {
  return {
    id: job.id,
    status: job.status,
    stage: job.stage,
    name: job.name,
    ref: pipeline.ref,
    tag: pipeline.tag,
    coverage: null,
    allow_failure: job.allowFailure,
    created_at: at,
    started_at: job.startedAt,
    finished_at: null,
    erased_at: null,
    duration: null,
    queued_duration: null,
    user,
    commit: commitResource(project, pipeline.sha),
    pipeline: pipelineBasic(project, pipeline),
    web_url: `${webUrl(project)}/-/jobs/${job.id}`,
    project: { ci_job_token_scope_enabled: false },
  };
}

export const jobResource = (project: Project, pipeline: Pipeline, job: Job): Json => ({
  ...jobBasic(project, pipeline, job),
  artifacts: [],
  artifacts_expire_at: null,
  archived: false,
  tag_list: [],
  runner:
    job.runner === null
      ? null
      : {
          id: job.runner.id,
          description: 'a runner',
          ip_address: null,
          active: true,
          paused: false,
          is_shared: job.runner.type === 'instance_type',
          runner_type: job.runner.type,
          name: 'gitlab-runner',
          online: true,
          status: 'online',
        },
});

/** `of`: the project of the pipeline that it started. */
export const bridgeResource = (project: Project, pipeline: Pipeline, job: Job, of: Project | null): Json => ({
  ...jobBasic(project, pipeline, job),
  ...(job.failureReason === null ? {} : { failure_reason: job.failureReason }),
  // Of a pipeline that was deleted nothing is left.
  downstream_pipeline:
    job.downstream === null || job.downstream === undefined || of?.pipelines.has(job.downstream.id) !== true
      ? null
      : pipelineBasic(of, job.downstream),
});

export function accessLevel(access: Access, index: number): Json {
  const shared = { id: 1000 + index, user_id: null, group_id: null };
  if ('level' in access) {
    return { ...shared, access_level: access.level, access_level_description: String(access.level) };
  }
  if ('deployKey' in access) {
    // As GitLab writes it: the level of a key is a maintainer's.
    return {
      ...shared,
      access_level: 40,
      access_level_description: 'Deploy key',
      deploy_key_id: access.deployKey,
    };
  }
  const named = 'user' in access ? { user_id: access.user } : { group_id: access.group };
  return { ...shared, access_level: null, access_level_description: 'Named', ...named };
}

export const branchRuleResource = (rule: BranchRule, index: number): Json => ({
  id: 100 + index,
  name: rule.name,
  push_access_levels: rule.push.map(accessLevel),
  merge_access_levels: rule.merge.map(accessLevel),
  allow_force_push: rule.allowForcePush,
  unprotect_access_levels: [],
  code_owner_approval_required: rule.codeOwners,
  inherited: false,
});

export const fileResource = (path: string, text: string, commit: string): Json => ({
  file_name: path.split('/').at(-1),
  file_path: path,
  size: Buffer.byteLength(text),
  encoding: 'base64',
  content: Buffer.from(text).toString('base64'),
  content_sha256: createHash('sha256').update(text).digest('hex'),
  ref: commit,
  blob_id: sha1(text),
  commit_id: commit,
  last_commit_id: commit,
  execute_filemode: false,
});
