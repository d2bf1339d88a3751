import { parseCommitSha } from '#core/ids/index.ts';
import type { CommitSha, ProjectSlug } from '#core/ids/index.ts';
import type { Context, Portal } from '../platform/portal/index.ts';
import { askFor, known, listed } from './kept.ts';
import type { VersionState, VersionSummary } from './summary.ts';

export interface PolicyVersion {
  readonly commit: CommitSha;
  readonly acceptedAt: Date;
  /** Handles of the policy maintainers whose signatures the signer counted; empty: pinned at installation. */
  readonly signers: readonly string[];
  /** The accepted commit before it; null: it is the first. */
  readonly previous: CommitSha | null;
  readonly state: VersionState;
  /** null: it is the first, or what it changed isn't known (yet). */
  readonly summary: VersionSummary | null;
}

export interface VersionPage {
  readonly items: readonly PolicyVersion[];
  /** Where the next page begins; null on the last one. */
  readonly next: string | null;
}

type Source = Pick<Context, 'db' | 'policies' | 'now'>;

interface Row {
  readonly seq: bigint;
  readonly commit: CommitSha;
  readonly acceptedAt: Date;
  readonly signers: readonly string[];
}

const limitMax = 50;
/** Of commits that aren't worked out yet, Git is asked whether they changed a project: of so many for one page. */
const askedOfGitMax = 50;

function rowOf(row: Pick<Row, 'seq' | 'acceptedAt' | 'signers'> & { readonly commit: string }): Row {
  return {
    seq: row.seq,
    acceptedAt: row.acceptedAt,
    signers: row.signers,
    commit: parseCommitSha(row.commit),
  };
}

function parseCursor(cursor: string | undefined): bigint | null {
  return cursor !== undefined && /^[1-9]\d{0,17}$/.test(cursor) ? BigInt(cursor) : null;
}

const below = (before: bigint | null) => (before === null ? {} : { seq: { lt: before } });

/** All accepted commits of the repository. Public. */
export async function listAcceptedCommits(call: {
  readonly ctx: Source;
  readonly input: { readonly cursor?: string; readonly limit: number };
}): Promise<VersionPage> {
  const { ctx, input } = call;
  const limit = Math.max(1, Math.min(limitMax, input.limit));
  const found = await ctx.db.acceptedSnapshot.findMany({
    where: below(parseCursor(input.cursor)),
    orderBy: { seq: 'desc' },
    // One more than is shown: it says whether there is more.
    take: limit + 1,
  });
  const rows = found.map(rowOf);
  const shown = rows.slice(0, limit);
  const kept = await ctx.db.policyVersion.findMany({
    where: { seq: { in: shown.map((row) => row.seq) } },
    select: listed,
  });
  const bySeq = new Map(kept.map((version) => [version.seq, version]));
  const items = shown.map(({ seq, ...row }, index): PolicyVersion => {
    const previous = rows[index + 1]?.commit ?? null;
    return { ...row, previous, ...known(previous !== null, bySeq.get(seq)) };
  });
  await askForWaiting(ctx, shown, items);
  return { items, next: rows.length > limit ? String(shown.at(-1)?.seq ?? '') : null };
}

/** The accepted commits in which a project's folder changed. Costs the same however long the history is. Public. */
export async function listProjectVersions(call: {
  readonly ctx: Source;
  readonly input: { readonly project: ProjectSlug; readonly cursor?: string; readonly limit: number };
}): Promise<VersionPage> {
  const { ctx, input } = call;
  const limit = Math.max(1, Math.min(limitMax, input.limit));
  const cursor = parseCursor(input.cursor);
  const unknown = await notWorkedOut(ctx.db, cursor);
  // Below those that Git isn't asked about, nobody knows yet what comes next.
  const end = unknown.length > askedOfGitMax ? (unknown[askedOfGitMax - 1]?.seq ?? null) : null;
  const changed = await changedIn(ctx, unknown.slice(0, askedOfGitMax), input.project);
  const details = await ctx.db.policyVersionProject.findMany({
    where: {
      project: input.project,
      seq: {
        ...below(cursor).seq,
        ...(end === null ? {} : { gt: end }),
        notIn: unknown.map((row) => row.seq),
      },
    },
    orderBy: { seq: 'desc' },
    take: limit + 1,
    select: listed,
  });
  const bySeq = new Map(details.map((detail) => [detail.seq, detail]));
  const seqs = [...changed, ...bySeq.keys()].toSorted((a, b) => (a < b ? 1 : -1));
  const rows = await rowsOf(ctx.db, seqs.slice(0, limit));
  const items = rows.map(({ seq, previous, ...row }): PolicyVersion => ({
    ...row,
    previous,
    ...known(previous !== null, bySeq.get(seq)),
  }));
  await askForWaiting(ctx, rows, items);
  const last = seqs.length > limit ? rows.at(-1)?.seq : end;
  return { items, next: last === null || last === undefined ? null : String(last) };
}

interface Unknown {
  readonly seq: bigint;
  readonly commit: CommitSha;
  readonly previous: CommitSha | null;
}

/** Commits that wait for being worked out, and those that aren't even listed: newest first, one more than Git is asked about. */
async function notWorkedOut(db: Portal['db'], cursor: bigint | null): Promise<readonly Unknown[]> {
  const take = askedOfGitMax + 1;
  const newest = await db.policyVersion.findFirst({ orderBy: { seq: 'desc' }, select: { seq: true } });
  const [unlisted, waiting] = await Promise.all([
    db.acceptedSnapshot.findMany({
      where: { AND: [below(cursor), { seq: { gt: newest?.seq ?? 0n } }] },
      orderBy: { seq: 'desc' },
      take,
    }),
    db.policyVersion.findMany({
      where: { ...below(cursor), state: 'waiting' },
      orderBy: { seq: 'desc' },
      take,
      select: { seq: true, commit: true, previous: true },
    }),
  ]);
  const rows = [
    ...unlisted.map(({ seq, commit }) => ({ seq, commit, previous: undefined })),
    ...waiting.map(({ seq, commit, previous }) => ({ seq, commit, previous })),
  ].slice(0, take);
  return Promise.all(
    rows.map(async ({ seq, commit, previous }) => ({
      seq,
      commit: parseCommitSha(commit),
      previous: previous === undefined ? await acceptedBefore(db, seq) : parse(previous),
    })),
  );
}

const parse = (commit: string | null): CommitSha | null => (commit === null ? null : parseCommitSha(commit));

async function acceptedBefore(db: Portal['db'], seq: bigint): Promise<CommitSha | null> {
  const row = await db.acceptedSnapshot.findFirst({ where: { seq: { lt: seq } }, orderBy: { seq: 'desc' } });
  return row === null ? null : parseCommitSha(row.commit);
}

/** Seqs of those in which the project's folder is another one than before. One question to git for each commit. */
async function changedIn(
  { policies }: Source,
  versions: readonly Unknown[],
  project: ProjectSlug,
): Promise<readonly bigint[]> {
  const commits = [
    ...new Set(
      versions.flatMap((version) => [
        version.commit,
        ...(version.previous === null ? [] : [version.previous]),
      ]),
    ),
  ];
  if (commits.length === 0) return [];
  const trees = await policies.treesOf(commits, `projects/${project}`);
  const treeOf = new Map(commits.map((commit, index) => [commit, trees[index] ?? null]));
  return versions
    .filter(
      ({ commit, previous }) => treeOf.get(commit) !== (previous === null ? null : treeOf.get(previous)),
    )
    .map((version) => version.seq);
}

/** Accepted commits by their place, newest first, each with the one before it. */
async function rowsOf(
  db: Portal['db'],
  seqs: readonly bigint[],
): Promise<readonly (Row & { readonly previous: CommitSha | null })[]> {
  const where = { where: { seq: { in: [...seqs] } } };
  const [rows, versions] = await Promise.all([
    db.acceptedSnapshot.findMany({ ...where, orderBy: { seq: 'desc' } }),
    db.policyVersion.findMany({ ...where, select: { seq: true, previous: true } }),
  ]);
  const previousOf = new Map(versions.map((version) => [version.seq, version.previous]));
  return Promise.all(
    rows.map(async (row) => {
      const previous = previousOf.get(row.seq);
      return {
        ...rowOf(row),
        previous: previous === undefined ? await acceptedBefore(db, row.seq) : parse(previous),
      };
    }),
  );
}

async function askForWaiting(
  { db, now }: Source,
  rows: readonly Pick<Row, 'seq'>[],
  items: readonly PolicyVersion[],
): Promise<void> {
  const waiting = rows.filter((_row, index) => items[index]?.state === 'waiting');
  await askFor(
    db,
    waiting.map((row) => row.seq),
    now(),
  );
}
