import { isError } from '#core/error/index.ts';
import { parseCommitSha, parsePolicySlug } from '#core/ids/index.ts';
import type { CommitSha, ProjectSlug } from '#core/ids/index.ts';
import { describePolicy, effectivePolicy } from '#core/policy/index.ts';
import type { PolicySection, PolicySnapshot } from '#core/policy/index.ts';
import { PolicyRepositoryError } from '../platform/policy-repository/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { askFor, known } from './kept.ts';
import type { PolicyVersion } from './list.ts';
import { changesSchema } from './summary.ts';
import type { VersionChange } from './summary.ts';

type Source = Pick<Context, 'db' | 'policies' | 'now'>;

interface ChangedText {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

interface Version extends PolicyVersion {
  /** Whether it is the one in force now. */
  readonly inForce: boolean;
  /** The accepted commit after it, or null. */
  readonly following: CommitSha | null;
  /** The first of `summary.changeCount`. */
  readonly changes: readonly VersionChange[];
  readonly files: readonly ChangedText[];
  /** null: there are more, and nobody has counted them yet. */
  readonly filesLeftOut: number | null;
}

export interface ProjectVersion extends Version {
  readonly project: ProjectSlug;
  /** null: the project wasn't there then, or what it said can't be read. */
  readonly name: string | null;
  /** The policies as they were then, in plain sentences; null: this version of the portal can't read them. */
  readonly policies: readonly { readonly slug: string; readonly sections: readonly PolicySection[] }[] | null;
}

export type RepositoryVersion = Version;

const filesShownMax = 100;
/** Folders that are looked into for the files of a page. */
const foldersMax = 500;

/** The repository at an accepted commit; null for any other commit. Public. */
export async function readRepositoryVersion(call: {
  readonly ctx: Source;
  readonly input: { readonly commit: CommitSha };
}): Promise<RepositoryVersion | null> {
  return readVersion(call.ctx, call.input.commit, null);
}

/** One project at an accepted commit; null for any other commit. Public. */
export async function readProjectVersion(call: {
  readonly ctx: Source;
  readonly input: { readonly project: ProjectSlug; readonly commit: CommitSha };
}): Promise<ProjectVersion | null> {
  const { ctx, input } = call;
  const version = await readVersion(ctx, input.commit, input.project);
  if (version === null) return null;
  const snapshot = await readablePart(ctx, input);
  if (snapshot === null) return { ...version, project: input.project, name: null, policies: null };
  const found = snapshot.projects.get(input.project);
  const slugs = [...(found?.policies.keys() ?? [])].sort();
  const policies = slugs.map((slug) => {
    const effective = effectivePolicy(snapshot, input.project, parsePolicySlug(slug));
    return { slug, sections: effective.ok ? describePolicy(effective.value).sections : [] };
  });
  return { ...version, project: input.project, name: found?.project.value.name ?? null, policies };
}

async function readablePart(
  { policies }: Source,
  { commit, project }: { readonly commit: CommitSha; readonly project: ProjectSlug },
): Promise<PolicySnapshot | null> {
  try {
    return await policies.partAt(commit, { projects: [project] });
  } catch (error) {
    if (isError(error, PolicyRepositoryError) && error.code === 'POLICY_INVALID') return null;
    throw error;
  }
}

async function readVersion(
  ctx: Source,
  commit: CommitSha,
  project: ProjectSlug | null,
): Promise<Version | null> {
  const { db } = ctx;
  const row = await db.acceptedSnapshot.findUnique({ where: { commit } });
  if (row === null) return null;
  const { seq } = row;
  const [before, after, whole, own] = await Promise.all([
    db.acceptedSnapshot.findFirst({ where: { seq: { lt: seq } }, orderBy: { seq: 'desc' } }),
    db.acceptedSnapshot.findFirst({ where: { seq: { gt: seq } }, orderBy: { seq: 'asc' } }),
    db.policyVersion.findUnique({ where: { seq } }),
    project === null
      ? null
      : db.policyVersionProject.findUnique({ where: { project_seq: { project, seq } } }),
  ]);
  const previous = before === null ? null : parseCommitSha(before.commit);
  const isWaiting = whole === null || whole.state === 'waiting';
  const isFinished = whole?.state === 'complete' || whole?.state === 'too-large';
  // Of a project whose files are the same nothing is kept: nothing of it changed.
  const kept = project === null || !isFinished || isTooLarge(whole) ? whole : (own ?? unchanged);
  const details = known(previous !== null, kept ?? undefined);
  if (isWaiting && previous !== null) await askFor(db, [seq], ctx.now());
  return {
    commit,
    acceptedAt: row.acceptedAt,
    signers: row.signers,
    previous,
    ...details,
    changes: details.summary === null ? [] : (changesSchema.safeParse(kept?.changes).data ?? []),
    inForce: after === null,
    following: after === null ? null : parseCommitSha(after.commit),
    ...(await changedTexts(
      ctx,
      { previous, commit, project },
      isFinished ? (kept?.fileCount ?? null) : null,
    )),
  };
}

const unchanged = {
  state: 'complete',
  effect: 'neutral',
  changeCount: 0,
  fileCount: 0,
  gone: [],
  come: [],
  changes: [],
} as const;

/** So large that its projects weren't compared one by one. */
const isTooLarge = (whole: { readonly state: string; readonly effect: string | null }): boolean =>
  whole.state === 'too-large' && whole.effect === null;

/** Of the first commit nothing is shown as changed: all of it is new. `count`: how many files differ, where that is known. */
async function changedTexts(
  { policies }: Source,
  at: {
    readonly previous: CommitSha | null;
    readonly commit: CommitSha;
    readonly project: ProjectSlug | null;
  },
  count: number | null,
): Promise<Pick<Version, 'files' | 'filesLeftOut'>> {
  const { previous, commit, project } = at;
  if (previous === null) return { files: [], filesLeftOut: 0 };
  const { files: changed, complete } = await policies.changedFiles({
    before: previous,
    after: commit,
    inside: project,
    filesMax: filesShownMax,
    foldersMax,
  });
  const text = async (id: string | null): Promise<string | null> =>
    id === null ? null : new TextDecoder('utf-8').decode(await policies.blob(id));
  const files = await Promise.all(
    changed.map(async ({ path, before, after }): Promise<ChangedText> => {
      const [old, now] = await Promise.all([text(before), text(after)]);
      return { path, before: old, after: now };
    }),
  );
  const left = count === null ? null : Math.max(0, count - files.length);
  return { files, filesLeftOut: complete ? 0 : left };
}
