/**
 * Answers as GitLab documents them, by the tables and examples of https://docs.gitlab.com/api: what each of them always has. Written
 * from there and not from what the signer reads, so that a fake which leaves something out is found out.
 */
import { z } from 'zod';
import { jobMembers } from '../job-shape.ts';

const id = z.int();
const text = z.string();
const textOrNull = text.nullable();
const time = z.iso.datetime({ offset: true }).nullable();
const sha = text.regex(/^[0-9a-f]{40}$/);

/** https://docs.gitlab.com/api/projects/#retrieve-a-project */
const project = z.looseObject({
  id,
  description: textOrNull,
  name: text,
  name_with_namespace: text,
  path: text,
  path_with_namespace: text,
  created_at: time,
  default_branch: textOrNull,
  web_url: z.url(),
  namespace: z.looseObject({
    id,
    name: text,
    path: text,
    kind: z.enum(['group', 'user']),
    full_path: text,
    parent_id: id.nullable(),
  }),
  visibility: z.enum(['private', 'internal', 'public']),
  archived: z.boolean(),
  ci_config_path: textOrNull.optional(),
  restrict_user_defined_variables: z.boolean().optional(),
  ci_pipeline_variables_minimum_override_role: z
    .enum(['no_one_allowed', 'developer', 'maintainer', 'owner'])
    .optional(),
});

/** https://docs.gitlab.com/api/pipelines/#get-a-single-pipeline */
const statuses = z.enum([
  'created',
  'waiting_for_resource',
  'preparing',
  'waiting_for_callback',
  'pending',
  'running',
  'success',
  'failed',
  'canceling',
  'canceled',
  'skipped',
  'manual',
  'scheduled',
]);
const pipelineBasic = z.looseObject({
  id,
  iid: id,
  project_id: id,
  sha,
  ref: text,
  status: statuses,
  source: text,
  created_at: time,
  updated_at: time,
  web_url: z.url(),
});
const pipeline = pipelineBasic.extend({
  before_sha: sha,
  tag: z.boolean(),
  yaml_errors: textOrNull,
  user: z.looseObject({ id }),
});

/** https://docs.gitlab.com/api/commits/#get-a-single-commit */
const commit = z.looseObject({
  id: sha,
  short_id: text,
  title: text,
  message: text,
  parent_ids: z.array(sha),
  created_at: time,
  web_url: z.url(),
});

/** https://docs.gitlab.com/api/jobs/#list-pipeline-jobs */
const jobBasic = {
  ...jobMembers,
  status: statuses,
  created_at: time,
  started_at: time,
  finished_at: time,
  user: z.looseObject({ id, username: text }),
  commit,
  pipeline: pipelineBasic,
};
const job = z.looseObject({
  ...jobBasic,
  artifacts: z.array(z.looseObject({})),
  tag_list: z.array(text),
  runner: z
    .looseObject({
      id,
      description: textOrNull,
      active: z.boolean(),
      paused: z.boolean(),
      is_shared: z.boolean(),
      runner_type: z.enum(['instance_type', 'group_type', 'project_type']),
      name: textOrNull,
      online: z.boolean(),
      status: text,
    })
    .nullable(),
});
/** https://docs.gitlab.com/api/jobs/#list-pipeline-bridges */
const bridge = z.looseObject({
  ...jobBasic,
  failure_reason: text.optional(),
  downstream_pipeline: pipelineBasic.nullable(),
});

/** https://docs.gitlab.com/api/branches/#get-single-repository-branch */
const branch = z.looseObject({
  name: text,
  commit,
  merged: z.boolean(),
  protected: z.boolean(),
  developers_can_push: z.boolean(),
  developers_can_merge: z.boolean(),
  can_push: z.boolean(),
  default: z.boolean(),
  web_url: z.url(),
});

/** https://docs.gitlab.com/api/tags/#get-a-single-repository-tag */
const tag = z.looseObject({
  name: text,
  message: textOrNull,
  target: sha,
  commit,
  release: z.looseObject({}).nullable(),
  protected: z.boolean(),
});

/** https://docs.gitlab.com/api/repository_files/#retrieve-a-file-from-a-repository */
const file = z.looseObject({
  file_name: text,
  file_path: text,
  size: z.int(),
  encoding: z.literal('base64'),
  content: z.base64(),
  content_sha256: text.regex(/^[0-9a-f]{64}$/),
  ref: text,
  blob_id: sha,
  commit_id: sha,
  last_commit_id: sha,
});

/** https://docs.gitlab.com/api/protected_branches/#list-protected-branches */
const access = z.looseObject({
  id,
  access_level: z.int().nullable(),
  access_level_description: text,
  user_id: id.nullable().optional(),
  group_id: id.nullable().optional(),
  deploy_key_id: id.nullable().optional(),
});
const protectedBranch = z.looseObject({
  id,
  name: text,
  push_access_levels: z.array(access),
  merge_access_levels: z.array(access),
  allow_force_push: z.boolean(),
  code_owner_approval_required: z.boolean(),
});
/** https://docs.gitlab.com/api/protected_tags/#list-protected-tags */
const protectedTag = z.looseObject({ name: text, create_access_levels: z.array(access) });

/** https://docs.gitlab.com/api/merge_request_approvals */
const approvals = z.looseObject({
  reset_approvals_on_push: z.boolean(),
  disable_overriding_approvers_per_merge_request: z.boolean(),
  merge_requests_author_approval: z.boolean(),
  merge_requests_disable_committers_approval: z.boolean(),
  selective_code_owner_removals: z.boolean(),
});
const approvalRule = z.looseObject({
  id,
  name: text,
  rule_type: text,
  eligible_approvers: z.array(z.looseObject({ id })),
  approvals_required: z.int(),
  users: z.array(z.looseObject({ id })),
  groups: z.array(z.looseObject({ id })),
  contains_hidden_groups: z.boolean(),
  protected_branches: z.array(z.looseObject({ id, name: text })),
  applies_to_all_protected_branches: z.boolean(),
});

/** Path below /projects/:id → what answers there. */
export const shapes: Readonly<Record<string, z.ZodType>> = {
  '': project,
  '/pipelines/:pipeline_id': pipeline,
  '/pipelines/:pipeline_id/jobs': z.array(job),
  '/pipelines/:pipeline_id/bridges': z.array(bridge),
  '/jobs/:job_id': job,
  '/repository/branches/:branch': branch,
  '/repository/files/:file_path': file,
  '/repository/merge_base': commit,
  '/repository/tags/:tag_name': tag,
  '/protected_branches': z.array(protectedBranch),
  '/protected_tags': z.array(protectedTag),
  '/approvals': approvals,
  '/approval_rules': z.array(approvalRule),
};
