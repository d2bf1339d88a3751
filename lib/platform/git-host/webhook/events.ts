/** The Git host events that policy changes depend on, and how GitHub's payloads are mapped to them. */
import { z } from 'zod';
import { parseCommitSha } from '#core/ids/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import { WebhookError } from './error.ts';

interface FromRepository {
  /** Numeric id of the repository it happened in; compare it before believing the rest. */
  readonly repositoryId: string;
}

export interface PullRequestEvent extends FromRepository {
  readonly type: 'pull_request';
  /** opened, synchronize, edited, closed, reopened …: the host's term. */
  readonly action: string;
  readonly number: number;
  readonly state: 'open' | 'closed' | 'merged';
  readonly head: CommitSha;
  /** The head before; only when commits were pushed. */
  readonly headBefore: CommitSha | null;
  readonly base: { readonly branch: string; readonly commit: CommitSha };
  readonly updatedAt: string;
}

export interface ReviewEvent extends FromRepository {
  readonly type: 'pull_request_review';
  readonly action: 'submitted' | 'edited' | 'dismissed';
  readonly number: number;
  readonly reviewId: string;
  readonly reviewerId: string;
  readonly state: string;
  /** The commit it was made on. */
  readonly commit: CommitSha;
  /** The pull request's head when the event was sent. */
  readonly head: CommitSha;
  readonly submittedAt: string;
}

export interface PushEvent extends FromRepository {
  readonly type: 'push';
  readonly ref: string;
  /** null where the ref is new. */
  readonly before: CommitSha | null;
  /** null where the ref was deleted. */
  readonly after: CommitSha | null;
  readonly forced: boolean;
  readonly pushedAt: string;
}

export interface CheckRunEvent extends FromRepository {
  readonly type: 'check_run';
  readonly action: string;
  readonly checkRunId: string;
  readonly externalId: string | null;
  readonly commit: CommitSha;
  readonly conclusion: string | null;
  readonly at: string;
}

export type GitHostEvent = PullRequestEvent | ReviewEvent | PushEvent | CheckRunEvent;

const id = z.number().int().nonnegative().transform(String);
const hex40 = z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/);
const sha = hex40.transform(parseCommitSha);
/** Forty zeros stand for "nothing" (githooks(5), post-receive). */
const shaOrNothing = hex40.transform((text) => (/^0+$/.test(text) ? null : parseCommitSha(text)));
const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString());
/** Seconds since 1970 in push events, text elsewhere. */
const anyTime = z.union([
  z
    .number()
    .int()
    .transform((seconds) => new Date(seconds * 1000).toISOString()),
  time,
]);
const repository = z.object({ id });
const point = z.object({ ref: z.string(), sha });

const pullRequest = z
  .object({
    action: z.string(),
    number: z.number().int().positive(),
    before: sha.optional(),
    repository,
    pull_request: z.object({
      state: z.enum(['open', 'closed']),
      merged: z.boolean().nullish(),
      updated_at: time,
      head: point,
      base: point,
    }),
  })
  .transform(
    ({ action, number, before, repository: { id: repositoryId }, pull_request: pull }): PullRequestEvent => ({
      type: 'pull_request',
      repositoryId,
      action,
      number,
      state: pull.merged === true ? 'merged' : pull.state,
      head: pull.head.sha,
      headBefore: before ?? null,
      base: { branch: pull.base.ref, commit: pull.base.sha },
      updatedAt: pull.updated_at,
    }),
  );

const review = z
  .object({
    action: z.enum(['submitted', 'edited', 'dismissed']),
    repository,
    review: z.object({ id, user: z.object({ id }), state: z.string(), commit_id: sha, submitted_at: time }),
    pull_request: z.object({ number: z.number().int().positive(), head: point }),
  })
  .transform(
    ({ action, repository: { id: repositoryId }, review: made, pull_request: pull }): ReviewEvent => ({
      type: 'pull_request_review',
      repositoryId,
      action,
      number: pull.number,
      reviewId: made.id,
      reviewerId: made.user.id,
      state: made.state.toLowerCase(),
      commit: made.commit_id,
      head: pull.head.sha,
      submittedAt: made.submitted_at,
    }),
  );

const push = z
  .object({
    ref: z.string().startsWith('refs/'),
    before: shaOrNothing,
    after: shaOrNothing,
    forced: z.boolean(),
    repository: z.object({ id, pushed_at: anyTime }),
  })
  .transform(({ ref, before, after, forced, repository: { id: repositoryId, pushed_at } }): PushEvent => ({
    type: 'push',
    repositoryId,
    ref,
    before,
    after,
    forced,
    pushedAt: pushed_at,
  }));

const checkRun = z
  .object({
    action: z.string(),
    repository,
    check_run: z.object({
      id,
      external_id: z.string().nullish(),
      head_sha: sha,
      conclusion: z.string().nullable(),
      started_at: time,
      completed_at: time.nullable(),
    }),
  })
  .transform(({ action, repository: { id: repositoryId }, check_run: run }): CheckRunEvent => ({
    type: 'check_run',
    repositoryId,
    action,
    checkRunId: run.id,
    externalId: run.external_id ?? null,
    commit: run.head_sha,
    conclusion: run.conclusion,
    at: run.completed_at ?? run.started_at,
  }));

const payloads: ReadonlyMap<string, z.ZodType<GitHostEvent>> = new Map<string, z.ZodType<GitHostEvent>>([
  ['pull_request', pullRequest],
  ['pull_request_review', review],
  ['push', push],
  ['check_run', checkRun],
]);

/** GitHub's event name and parsed JSON → the event, or null for events that nothing here depends on (ping, star …). */
export function parseEvent(name: string, payload: unknown): GitHostEvent | null {
  const parsed = payloads.get(name)?.safeParse(payload);
  if (parsed === undefined) return null;
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined ? '' : ` at ${issue.path.join('.') || 'the top'}: ${issue.message}`;
  throw new WebhookError('PAYLOAD_INVALID', `no ${name} event${where}`, parsed.error);
}
