import { parseCommitSha, parsePolicySlug } from '../core/ids/index.ts';
import type { CommitSha, ProjectSlug } from '../core/ids/index.ts';
import { describePolicy, effectivePolicy } from '../core/policy/index.ts';
import type { PolicySection } from '../core/policy/index.ts';
import type { Context } from '../platform/portal/index.ts';
import type { PolicyVersion } from './list.ts';
import { planBetween, summarise } from './summary.ts';

type Source = Pick<Context, 'db' | 'policies'>;

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
  readonly files: readonly ChangedText[];
  readonly filesLeftOut: number;
}

export interface ProjectVersion extends Version {
  readonly project: ProjectSlug;
  /** null: the project wasn't there then. */
  readonly name: string | null;
  /** The policies as they were then, in plain sentences. */
  readonly policies: readonly { readonly slug: string; readonly sections: readonly PolicySection[] }[];
}

export type RepositoryVersion = Version;

const filesShownMax = 100;

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
  const { snapshot } = await ctx.policies.at(input.commit);
  const found = snapshot.projects.get(input.project);
  const slugs = [...(found?.policies.keys() ?? [])].sort();
  const policies = slugs.map((slug) => {
    const effective = effectivePolicy(snapshot, input.project, parsePolicySlug(slug));
    return { slug, sections: effective.ok ? describePolicy(effective.value).sections : [] };
  });
  return { ...version, project: input.project, name: found?.project.value.name ?? null, policies };
}

async function readVersion(
  ctx: Source,
  commit: CommitSha,
  project: ProjectSlug | null,
): Promise<Version | null> {
  const row = await ctx.db.acceptedSnapshot.findUnique({ where: { commit } });
  if (row === null) return null;
  const [before, after] = await Promise.all([
    ctx.db.acceptedSnapshot.findFirst({ where: { seq: { lt: row.seq } }, orderBy: { seq: 'desc' } }),
    ctx.db.acceptedSnapshot.findFirst({ where: { seq: { gt: row.seq } }, orderBy: { seq: 'asc' } }),
  ]);
  const previous = before === null ? null : parseCommitSha(before.commit);
  const plan = previous === null ? null : await planBetween(ctx, previous, commit);
  const texts = await changedTexts(ctx, previous, commit, project);
  return {
    commit,
    acceptedAt: row.acceptedAt,
    signers: row.signers,
    previous,
    summary: plan === null ? null : summarise(plan, project),
    inForce: after === null,
    following: after === null ? null : parseCommitSha(after.commit),
    files: texts.slice(0, filesShownMax),
    filesLeftOut: Math.max(0, texts.length - filesShownMax),
  };
}

/** Of the first commit nothing is shown as changed: all of it is new. */
async function changedTexts(
  ctx: Source,
  previous: CommitSha | null,
  commit: CommitSha,
  project: ProjectSlug | null,
): Promise<readonly ChangedText[]> {
  if (previous === null) return [];
  const [{ files: before }, { files: after }] = await Promise.all([
    ctx.policies.at(previous),
    ctx.policies.at(commit),
  ]);
  const inside = project === null ? '' : `projects/${project}/`;
  const text = (bytes: Uint8Array | undefined): string | null =>
    bytes === undefined ? null : new TextDecoder('utf-8').decode(bytes);
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => path.startsWith(inside))
    .sort()
    .flatMap((path) => {
      const [old, now] = [before.get(path), after.get(path)];
      const same = old === now || (old !== undefined && now !== undefined && Buffer.compare(old, now) === 0);
      return same ? [] : [{ path, before: text(old), after: text(now) }];
    });
}
