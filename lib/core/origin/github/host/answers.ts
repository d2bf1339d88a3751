/** GitHub's answers, of each only what is judged. Everything else that an answer may hold is passed over. */
import { z } from 'zod';

const id = z.int().positive();
const name = z.string().min(1).max(1000);
const word = z.string().min(1).max(100);
const sha = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
const time = z
  .string()
  .max(40)
  .refine((text) => !Number.isNaN(Date.parse(text)), 'no time');

export const repository = z.object({
  id,
  full_name: name,
  private: z.boolean(),
  default_branch: name,
  created_at: time,
  owner: z.object({ id }),
});

export const run = z.object({
  id,
  path: name,
  event: word,
  status: word.nullable(),
  conclusion: word.nullable(),
  run_attempt: z.int().positive(),
  run_started_at: time,
  head_sha: sha,
  repository: z.object({ id }),
  head_repository: z.object({ id }).nullable(),
});
export type Run = z.output<typeof run>;

export const jobsPerPage = 100;
const job = z.object({
  id,
  run_id: id,
  run_attempt: z.int().positive(),
  head_sha: sha,
  name: z.string().max(1000),
  status: word,
  conclusion: word.nullable(),
  runner_id: z.int().nullable(),
  runner_group_name: z.string().max(200).nullable(),
});
export type Job = z.output<typeof job>;
export const jobs = z.object({ total_count: z.int().nonnegative(), jobs: z.array(job).max(jobsPerPage) });

export const artifactsPerPage = 100;
/** What it says of itself may be left out; what isn't there fills nothing. */
const artifact = z.object({
  id,
  name: z.string().max(1000),
  expired: z.boolean(),
  digest: z.string().max(200).nullish(),
  workflow_run: z
    .object({
      id: z.int().nullish(),
      repository_id: z.int().nullish(),
      head_repository_id: z.int().nullish(),
      head_sha: sha.nullish(),
    })
    .nullish(),
});
export type RunArtifact = z.output<typeof artifact>;
export const artifacts = z.object({
  total_count: z.int().nonnegative(),
  artifacts: z.array(artifact).max(artifactsPerPage),
});

export const comparison = z.object({
  status: word,
  merge_base_commit: z.object({ sha }),
});

export const reference = z.object({ ref: name, object: z.object({ type: word, sha }) });
export const tagObject = z.object({ sha, object: z.object({ type: word, sha }) });

/** Of another form than GitHub describes: not there, so that it fills nothing. */
const perhaps = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined);
const flag = perhaps(z.boolean());
/** Of the rules' parameters, those that a policy can ask for or that weaken what it asks for. */
const parameters = z
  .object({
    required_approving_review_count: perhaps(z.number()),
    dismiss_stale_reviews_on_push: flag,
    require_code_owner_review: flag,
    require_last_push_approval: flag,
    required_review_thread_resolution: flag,
    update_allows_fetch_and_merge: flag,
    code_scanning_tools: perhaps(
      z
        .array(
          z.object({
            tool: name,
            alerts_threshold: word.optional(),
            security_alerts_threshold: word.optional(),
          }),
        )
        .max(100),
    ),
  })
  .optional();
const rule = z.object({ type: word, parameters });
export type HostRule = z.output<typeof rule>;
/** With the rulesets that they come from. */
export const activeRules = z.array(rule.extend({ ruleset_id: id })).max(100);
export type ActiveRule = z.output<typeof activeRules>[number];

export const rulesets = z.array(z.object({ id, target: word.optional(), enforcement: word })).max(100);

export const ruleset = z.object({
  id,
  /** Whose it is: the repository's, or its organization's or enterprise's. */
  source_type: word.optional(),
  target: word.optional(),
  enforcement: word,
  created_at: time.optional(),
  updated_at: time.optional(),
  rules: z.array(rule).max(100).default([]),
  conditions: z
    .object({
      ref_name: z
        .object({ include: z.array(name).max(100).default([]), exclude: z.array(name).max(100).default([]) })
        .optional(),
    })
    .nullish(),
  /** Only told to who may change the ruleset: absent is unknown, never none. */
  bypass_actors: z
    .array(z.object({ actor_type: word }))
    .max(1000)
    .optional(),
});
export type Ruleset = z.output<typeof ruleset>;

export const history = z.array(z.object({ version_id: id, updated_at: time })).max(100);
export const version = z.object({ version_id: id, updated_at: time, state: ruleset.partial() });

const enabled = z.object({ enabled: z.boolean() }).optional();
/** That there are some is judged, who they are isn't. */
const some = z.array(z.object({})).default([]);
const actors = z.object({ users: some, teams: some, apps: some });
export const protection = z.object({
  enforce_admins: enabled,
  required_signatures: enabled,
  allow_force_pushes: enabled,
  allow_deletions: enabled,
  block_creations: enabled,
  lock_branch: enabled,
  lock_allows_fork_syncing: enabled,
  required_linear_history: enabled,
  required_conversation_resolution: enabled,
  required_pull_request_reviews: z
    .object({
      required_approving_review_count: z.int().nonnegative().default(0),
      dismiss_stale_reviews: z.boolean().default(false),
      require_code_owner_reviews: z.boolean().default(false),
      require_last_push_approval: z.boolean().default(false),
      bypass_pull_request_allowances: actors.optional(),
    })
    .optional(),
});
export type Protection = z.output<typeof protection>;

export const release = z.object({
  tag_name: name,
  draft: z.boolean(),
  immutable: z.boolean().default(false),
});
export const immutableReleases = z.object({ enabled: z.boolean() });

export const file = z.object({
  type: z.literal('file'),
  /** `none`: too large for this answer. */
  encoding: z.enum(['base64', 'none']),
  path: name,
  content: z.string(),
});
