/** The directory: projects of the policy in force, searched and filtered, a page at a time. */
import { z } from 'zod';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { parseCategory } from '../policy-tools/project-category/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import type { ProjectDetail } from './read.ts';
import { pending, revokedProjects, standingsOf } from './standing.ts';
import type { ProjectStanding } from './standing.ts';

/** Of the words to look for, in characters. */
export const directoryWordsMax = 200;

/** The query of the directory's address; anything else is ignored. */
export const directoryQuerySchema = z.object({
  q: z.string().max(directoryWordsMax).catch(''),
  program: z.enum(['executables', 'components']).nullable().catch(null),
  category: z
    .string()
    .max(40)
    .transform((value) => parseCategory(value))
    .nullable()
    .catch(null),
  /** How the project stands: `active` is neither revoked nor what the policy calls otherwise. */
  status: z.enum(['active', 'revoked', 'paused', 'retired']).nullable().catch(null),
  after: z.string().max(200).nullable().catch(null),
});
export type DirectoryQuery = z.output<typeof directoryQuerySchema>;

export type DirectoryEntry = ProjectDetail & ProjectStanding;

export interface Directory {
  readonly items: readonly DirectoryEntry[];
  /** How many there are with these filters. */
  readonly all: number;
  /** `after` of the next page; null: this is the last. */
  readonly next: string | null;
}

const pageLength = 30;

/** By name, then slug. Public. */
export async function findProjects(call: {
  readonly ctx: Pick<Context, 'config' | 'db' | 'policies' | 'now'>;
  readonly input: DirectoryQuery;
}): Promise<Directory> {
  const { ctx, input } = call;
  const accepted = await acceptedPolicy(ctx);
  if (accepted === null) return { items: [], all: 0, next: null };
  const words = [...new Set(input.q.toLowerCase().split(/\s+/))].filter((word) => word !== '');
  const matching: Found[] = [];
  for (const { key, text, slug, project } of shelfOf(accepted.snapshot)) {
    const { program, category } = project.project.value;
    if (input.program !== null && program !== input.program) continue;
    if (input.category !== null && category !== input.category) continue;
    if (!words.every((word) => text.includes(word))) continue;
    matching.push({ key, detail: { slug, project, accepted } });
  }
  const found = await inStatus(ctx, matching, input.status);
  const after = input.after === null ? null : Buffer.from(input.after, 'base64url').toString('utf8');
  const start = after === null ? 0 : found.findIndex((project) => project.key > after);
  const page = start === -1 ? [] : found.slice(start, start + pageLength);
  const last = page.at(-1);
  const more = start !== -1 && start + pageLength < found.length;
  const standings = await standingsOf(
    ctx,
    page.map((project) => project.detail),
  );
  return {
    items: page.map(({ detail }) => ({ ...detail, ...(standings.get(detail.slug) ?? pending) })),
    all: found.length,
    next: more && last !== undefined ? Buffer.from(last.key, 'utf8').toString('base64url') : null,
  };
}

interface Placed extends Pick<ProjectDetail, 'slug' | 'project'> {
  /** Where it stands in the list. */
  readonly key: string;
  /** What words are looked for in. */
  readonly text: string;
}

const shelves = new WeakMap<PolicySnapshot, readonly Placed[]>();

/** Sorted, with their search text: done once per policy for thousands of projects, not for each reader. */
function shelfOf(snapshot: PolicySnapshot): readonly Placed[] {
  const kept = shelves.get(snapshot);
  if (kept !== undefined) return kept;
  const shelf = Array.from(snapshot.projects, ([slug, project]): Placed => {
    const { name, tagline, repository, licence } = project.project.value;
    const text = [slug, name, tagline, repository.uri, licence].join('\n').toLowerCase();
    return { key: `${name.toLowerCase()}\n${slug}`, text, slug, project };
  }).sort((a, b) => (a.key < b.key ? -1 : 1));
  shelves.set(snapshot, shelf);
  return shelf;
}

type Found = { readonly key: string; readonly detail: ProjectDetail };

async function inStatus(
  ctx: Pick<Context, 'config' | 'db' | 'policies' | 'now'>,
  matching: readonly Found[],
  status: DirectoryQuery['status'],
): Promise<Found[]> {
  if (status === null) return [...matching];
  const revoked = await revokedProjects(ctx, new Map(matching.map(({ detail }) => [detail.slug, detail])));
  return matching.filter(({ detail }) =>
    revoked.has(detail.slug)
      ? status === 'revoked'
      : detail.project.project.value.status === (status as string),
  );
}
