import { parseCommitSha } from '#core/ids/index.ts';
import type { CommitSha, ProjectSlug } from '#core/ids/index.ts';
import type { Context } from '../platform/portal/index.ts';

/** Accepted commits that are looked through, the newest of the period. */
const scannedMax = 5_000;

/** Commits accepted in a period, from its first moment to before its last, in which a project's folder changed. One question to git. */
export async function projectCommits(
  { db, policies }: Pick<Context, 'db' | 'policies'>,
  of: { readonly project: ProjectSlug; readonly from: Date; readonly to: Date },
): Promise<readonly CommitSha[]> {
  const rows = await db.acceptedSnapshot.findMany({
    where: { acceptedAt: { gte: of.from, lt: of.to } },
    orderBy: { seq: 'desc' },
    select: { seq: true, commit: true },
    take: scannedMax,
  });
  const last = rows.at(-1);
  if (last === undefined) return [];
  const before = await db.acceptedSnapshot.findFirst({
    where: { seq: { lt: last.seq } },
    orderBy: { seq: 'desc' },
    select: { commit: true },
  });
  const commits = [...rows, ...(before === null ? [] : [before])].map(({ commit }) => parseCommitSha(commit));
  const trees = await policies.treesOf(commits, `projects/${of.project}`);
  return commits.slice(0, rows.length).filter((_, at) => trees[at] !== (trees[at + 1] ?? null));
}
