import { parseCommitSha } from '../core/ids/index.ts';
import type { CommitSha, ProjectSlug } from '../core/ids/index.ts';
import type { Context, Portal } from '../platform/portal/index.ts';
import { planBetween, summarise } from './summary.ts';
import type { VersionSummary } from './summary.ts';

export interface PolicyVersion {
  readonly commit: CommitSha;
  readonly acceptedAt: Date;
  /** Handles of the policy maintainers whose signatures the signer counted; empty: pinned at installation. */
  readonly signers: readonly string[];
  /** The accepted commit before it; null: it is the first. */
  readonly previous: CommitSha | null;
  /** null for the first one: there is nothing to compare it with. */
  readonly summary: VersionSummary | null;
}

export interface VersionPage {
  readonly items: readonly PolicyVersion[];
  /** Where the next page begins; null on the last one. */
  readonly next: string | null;
}

type Source = Pick<Context, 'db' | 'policies'>;

interface Row {
  readonly seq: bigint;
  readonly commit: CommitSha;
  readonly acceptedAt: Date;
  readonly signers: readonly string[];
}

const limitMax = 50;
/** Accepted commits that are looked through for a project's own; more than these are on the next page. */
const scannedMax = 5_000;

/** Newest first, at most `limit`, older than `before` (a seq). */
async function acceptedRows(db: Portal['db'], before: bigint | null, limit: number): Promise<readonly Row[]> {
  const rows = await db.acceptedSnapshot.findMany({
    ...(before === null ? {} : { where: { seq: { lt: before } } }),
    orderBy: { seq: 'desc' },
    take: limit,
  });
  return rows.map(({ seq, commit, acceptedAt, signers }) => ({
    ...{ seq, acceptedAt, signers },
    commit: parseCommitSha(commit),
  }));
}

function parseCursor(cursor: string | undefined): bigint | null {
  return cursor !== undefined && /^[1-9]\d{0,17}$/.test(cursor) ? BigInt(cursor) : null;
}

/** All accepted commits of the repository. Public. */
export async function listAcceptedCommits(call: {
  readonly ctx: Source;
  readonly input: { readonly cursor?: string; readonly limit: number };
}): Promise<VersionPage> {
  const { ctx, input } = call;
  const limit = Math.max(1, Math.min(limitMax, input.limit));
  // One more than is shown: it is what the last one is compared with, and says whether there is more.
  const rows = await acceptedRows(ctx.db, parseCursor(input.cursor), limit + 1);
  const shown = rows.slice(0, limit);
  const items = await Promise.all(shown.map((row, index) => versionOf(ctx, row, rows[index + 1], null)));
  return { items, next: rows.length > limit ? String(shown.at(-1)?.seq ?? '') : null };
}

/** The accepted commits in which a project's folder changed. One question to git, however long the history is. Public. */
export async function listProjectVersions(call: {
  readonly ctx: Source;
  readonly input: { readonly project: ProjectSlug; readonly cursor?: string; readonly limit: number };
}): Promise<VersionPage> {
  const { ctx, input } = call;
  const limit = Math.max(1, Math.min(limitMax, input.limit));
  const rows = await acceptedRows(ctx.db, parseCursor(input.cursor), scannedMax + 1);
  const trees = await ctx.policies.treesOf(
    rows.map((row) => row.commit),
    `projects/${input.project}`,
  );
  const last = rows.length > scannedMax ? scannedMax : rows.length;
  const changed: number[] = [];
  for (let at = 0; at < last && changed.length <= limit; at += 1) {
    if (trees[at] !== (trees[at + 1] ?? null)) changed.push(at);
  }
  const shown = changed.slice(0, limit);
  const items = await Promise.all(
    shown.flatMap((at) => {
      const row = rows[at];
      return row === undefined ? [] : [versionOf(ctx, row, rows[at + 1], input.project)];
    }),
  );
  const more = changed.length > limit || rows.length > scannedMax;
  const end = changed.length > limit ? rows[shown.at(-1) ?? 0] : rows[scannedMax - 1];
  return { items, next: more && end !== undefined ? String(end.seq) : null };
}

async function versionOf(
  ctx: Source,
  row: Row,
  before: Row | undefined,
  project: ProjectSlug | null,
): Promise<PolicyVersion> {
  const { commit, acceptedAt, signers } = row;
  const summary =
    before === undefined ? null : summarise(await planBetween(ctx, before.commit, commit), project);
  return { commit, acceptedAt, signers, previous: before?.commit ?? null, summary };
}
