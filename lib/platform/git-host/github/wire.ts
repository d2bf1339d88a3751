/** The fields of GitHub's answers that we rely on, and how they become the port's. Everything else is ignored. */
import { z } from 'zod';
import { parseCommitSha } from '#core/ids/index.ts';
import type { CheckRun, PullRequest, Review } from '../git-host.ts';

/** Numbers beyond 2^53 come as bigint. */
const id = z.union([z.number().int().nonnegative(), z.bigint()]).transform(String);
const commitSha = z
  .string()
  .regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/)
  .transform(parseCommitSha);
const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** An account that was deleted comes as null; GitHub shows it as "ghost", id 10137. */
const account = z
  .object({ id, login: z.string().min(1).max(100) })
  .nullable()
  .transform((user) => ({ host: 'github', ...(user ?? { id: '10137', login: 'ghost' }) }));

const branchPoint = z
  .object({ ref: z.string().min(1), sha: commitSha, repo: z.object({ id }).nullable() })
  .transform(({ ref, sha, repo }) => ({ branch: ref, commit: sha, repositoryId: repo?.id ?? null }));

const pullRequestFields = {
  number: z.number().int().positive(),
  title: z.string(),
  body: z.string().nullable(),
  state: z.enum(['open', 'closed']),
  draft: z.boolean().default(false),
  merged_at: time.nullable(),
  merge_commit_sha: commitSha.nullable(),
  user: account,
  head: branchPoint,
  base: branchPoint,
  html_url: z.url(),
  created_at: time,
  updated_at: time,
};

function toPullRequest(from: z.output<z.ZodObject<typeof pullRequestFields>>): PullRequest {
  const merged = from.merged_at !== null;
  return {
    number: from.number,
    title: from.title,
    body: from.body ?? '',
    state: merged ? 'merged' : from.state,
    draft: from.draft,
    author: from.user,
    head: from.head,
    base: from.base,
    // While open, GitHub puts the commit of its trial merge here.
    mergeCommit: merged ? from.merge_commit_sha : null,
    url: from.html_url,
    createdAt: from.created_at,
    updatedAt: from.updated_at,
  };
}

export const pullRequest = z.object(pullRequestFields).transform(toPullRequest);
/** Only the answer about a single one says whether it can be merged. */
export const pullRequestWithMergeability = z
  .object({ ...pullRequestFields, mergeable: z.boolean().nullable() })
  .transform((from) => ({ ...toPullRequest(from), mergeable: from.mergeable }));

const reviewStates = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes_requested',
  COMMENTED: 'commented',
  DISMISSED: 'dismissed',
} as const;
/** PENDING reviews are drafts that only their writer sees: they become null. */
export const review = z
  .object({
    id,
    user: account,
    state: z.enum(['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED', 'PENDING']),
    commit_id: commitSha.nullable(),
    submitted_at: time.optional(),
    body: z.string().nullish(),
  })
  .transform((from, context): Review | null => {
    if (from.state === 'PENDING') return null;
    if (from.submitted_at === undefined) {
      context.addIssue({ code: 'custom', path: ['submitted_at'], message: 'missing' });
      return z.NEVER;
    }
    return {
      id: from.id,
      reviewer: from.user,
      state: reviewStates[from.state],
      commit: from.commit_id,
      submittedAt: from.submitted_at,
      body: from.body === '' ? null : (from.body ?? null),
    };
  });

export const comment = z
  .object({
    id,
    html_url: z.url(),
    body: z.string().optional(),
    performed_via_github_app: z.object({ id }).nullish(),
  })
  .transform((from) => ({
    id: from.id,
    url: from.html_url,
    body: from.body ?? '',
    appId: from.performed_via_github_app?.id ?? null,
  }));

export const checkRun = z
  .object({
    id,
    name: z.string(),
    head_sha: commitSha,
    external_id: z.string().nullable(),
    html_url: z.url().nullable(),
    status: z.string(),
    conclusion: z.string().nullable(),
    output: z.object({ annotations_count: z.number().int().nonnegative() }),
  })
  .transform((from): CheckRun => ({
    id: from.id,
    name: from.name,
    commit: from.head_sha,
    externalId: from.external_id,
    url: from.html_url,
    conclusion: from.status === 'completed' ? (from.conclusion ?? 'neutral') : null,
    annotationsCount: from.output.annotations_count,
  }));

export const reference = z
  .object({ ref: z.string(), object: z.object({ type: z.string(), sha: commitSha }) })
  .transform(({ ref, object }) => ({ ref, commit: object.sha }));
export const gitObject = z.object({ sha: commitSha });
export const gitCommit = z
  .object({ sha: commitSha, tree: z.object({ sha: commitSha }), parents: z.array(gitObject) })
  .transform(({ sha, tree, parents }) => ({
    commit: sha,
    tree: tree.sha,
    parents: parents.map((parent) => parent.sha),
  }));
export const branchItem = z
  .object({ name: z.string().min(1), commit: z.object({ sha: commitSha }) })
  .transform(({ name, commit }) => ({ branch: name, commit: commit.sha }));
export const repository = z.object({ id, full_name: z.string(), default_branch: z.string() });
export const merged = z.object({ sha: commitSha, merged: z.literal(true) });
export const nothing = z.unknown();

export const contents = z.union([
  z.object({
    type: z.literal('file'),
    encoding: z.string(),
    content: z.string(),
    size: z.number().int().nonnegative(),
  }),
  z.object({ type: z.enum(['symlink', 'submodule', 'dir']) }),
  z.array(z.object({ type: z.string() })).transform(() => ({ type: 'dir' as const })),
]);

export const comparison = z.object({
  status: z.enum(['identical', 'ahead', 'behind', 'diverged']),
  ahead_by: z.number().int().nonnegative(),
  behind_by: z.number().int().nonnegative(),
  merge_base_commit: gitObject,
  files: z
    .array(
      z
        .object({
          filename: z.string().min(1),
          previous_filename: z.string().optional(),
          status: z.enum(['added', 'removed', 'modified', 'renamed', 'copied', 'changed', 'unchanged']),
        })
        .transform((file) => ({
          path: file.filename,
          previousPath: file.previous_filename ?? null,
          status: file.status,
        })),
    )
    // Where it is missing, we don't know what changed; that isn't the same as nothing.
    .readonly(),
});
