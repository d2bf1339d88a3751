/** GitLab's answers, of each only what is judged: https://docs.gitlab.com/api/rest. Everything else is passed over. */
import { z } from 'zod';

const id = z.int().positive();
const name = z.string().min(1).max(1000);
const word = z.string().min(1).max(100);
const sha = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);

export const project = z.object({
  id,
  web_url: name,
  visibility: word,
  default_branch: name.nullish(),
  namespace: z.object({ id }),
  /** Absent: the signer may not read the code. Empty: GitLab's own default. */
  ci_config_path: z.string().max(1000).nullish(),
  /** Who may set variables of a pipeline; absent: the signer may not see it. Where nothing is restricted, the role says nothing. */
  restrict_user_defined_variables: z.boolean().nullish(),
  ci_pipeline_variables_minimum_override_role: word.nullish(),
});

const pipelineOfJob = z.object({ id, project_id: id, sha, ref: name });

export const job = z.object({
  id,
  name,
  ref: name,
  tag: z.boolean(),
  web_url: name,
  commit: z.object({ id: sha }),
  pipeline: pipelineOfJob,
});

export const pipeline = z.object({
  id,
  project_id: id,
  sha,
  ref: name,
  tag: z.boolean(),
  source: word,
  status: word,
  web_url: name,
});
export type Pipeline = z.output<typeof pipeline>;

export const perPage = 100;

const listed = {
  id,
  name,
  status: word,
  allow_failure: z.boolean(),
  started_at: z.string().max(40).nullish(),
  pipeline: pipelineOfJob,
};

const runner = z.object({ id, is_shared: z.boolean(), runner_type: word });
const listedJob = z.object({ ...listed, runner: runner.nullish() });
export type Job = z.output<typeof listedJob>;
export const jobs = z.array(listedJob).max(perPage);

const bridge = z.object({
  ...listed,
  /** Of one that failed. */
  failure_reason: word.nullish(),
  /** None: it hasn't begun, it could start none, or the pipeline was deleted since. */
  downstream_pipeline: z.object({ id, project_id: id }).nullish(),
});
export type Bridge = z.output<typeof bridge>;
export const bridges = z.array(bridge).max(perPage);

export const branch = z.object({ name, commit: z.object({ id: sha }) });
export const commit = z.object({ id: sha });
export const tag = z.object({ name, target: sha, commit: z.object({ id: sha }) });

/** A role, or somebody by name: then one of the ids is there. */
const accessLevel = z.object({
  access_level: z.int().nullish(),
  user_id: z.int().nullish(),
  group_id: z.int().nullish(),
  deploy_key_id: z.int().nullish(),
  member_role_id: z.int().nullish(),
});
export type AccessLevel = z.output<typeof accessLevel>;
const accessLevels = z.array(accessLevel).max(perPage);

export const protectedBranches = z
  .array(
    z.object({
      name,
      push_access_levels: accessLevels,
      merge_access_levels: accessLevels,
      allow_force_push: z.boolean(),
      /** GitLab's Premium and Ultimate alone. */
      code_owner_approval_required: z.boolean().default(false),
    }),
  )
  .max(perPage);
export type ProtectedBranch = z.output<typeof protectedBranches>[number];

export const protectedTags = z.array(z.object({ name, create_access_levels: accessLevels })).max(perPage);

export const approvals = z.object({
  disable_overriding_approvers_per_merge_request: z.boolean(),
  merge_requests_author_approval: z.boolean(),
  merge_requests_disable_committers_approval: z.boolean(),
  /** Otherwise approvals stay, whatever is pushed after them. */
  reset_approvals_on_push: z.boolean(),
  /** Those of code owners go where their files changed. */
  selective_code_owner_removals: z.boolean().nullish(),
});
export type Approvals = z.output<typeof approvals>;

const approversMax = 10_000;

export const approvalRules = z
  .array(
    z.object({
      rule_type: word,
      approvals_required: z.int().nonnegative(),
      /** How many they are. */
      eligible_approvers: z
        .array(z.object({ id }))
        .max(approversMax)
        .transform((all) => new Set(all.map((one) => one.id)).size),
      applies_to_all_protected_branches: z.boolean().default(false),
      protected_branches: z.array(z.object({ name })).max(perPage),
    }),
  )
  .max(perPage);
export type ApprovalRule = z.output<typeof approvalRules>[number];

export const file = z.object({
  file_path: name,
  encoding: z.literal('base64'),
  commit_id: sha,
  content: z.string(),
});
