/** The directory: projects of the policy in force, searched and filtered, a page at a time. */
import { z } from 'zod';
import { parseCategory } from '../core/project-category/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import type { ProjectDetail } from './read.ts';

/** What the address of the directory says; anything else counts as not said. */
export const directoryQuerySchema = z.object({
  q: z.string().max(100).catch(''),
  program: z.enum(['executables', 'components']).nullable().catch(null),
  category: z
    .string()
    .max(40)
    .transform((value) => parseCategory(value))
    .nullable()
    .catch(null),
  status: z.enum(['active', 'paused', 'retired']).nullable().catch(null),
  after: z.string().max(200).nullable().catch(null),
});
export type DirectoryQuery = z.output<typeof directoryQuerySchema>;

/** pending: nothing has been signed and verified for users yet. */
export type Standing = 'signed' | 'pending' | 'paused' | 'retired';

export interface DirectoryEntry extends ProjectDetail {
  readonly standing: Standing;
}

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
  readonly ctx: Pick<Context, 'db' | 'policies'>;
  readonly input: DirectoryQuery;
}): Promise<Directory> {
  const { ctx, input } = call;
  const accepted = await acceptedPolicy(ctx);
  if (accepted === null) return { items: [], all: 0, next: null };
  const words = input.q
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found: { key: string; detail: ProjectDetail }[] = [];
  for (const [slug, project] of accepted.snapshot.projects) {
    const { name, tagline, program, category, status, repository, licence } = project.project.value;
    if (input.program !== null && program !== input.program) continue;
    if (input.category !== null && category !== input.category) continue;
    if (input.status !== null && status !== input.status) continue;
    const text = [slug, name, tagline, repository.uri, licence].join('\n').toLowerCase();
    if (!words.every((word) => text.includes(word))) continue;
    found.push({ key: `${name.toLowerCase()}\n${slug}`, detail: { slug, project, accepted } });
  }
  found.sort((a, b) => (a.key < b.key ? -1 : 1));
  const after = input.after === null ? null : Buffer.from(input.after, 'base64url').toString('utf8');
  const start = after === null ? 0 : found.findIndex((one) => one.key > after);
  const page = start === -1 ? [] : found.slice(start, start + pageLength);
  const last = page.at(-1);
  const more = start !== -1 && start + pageLength < found.length;
  const standings = await standingsOf(
    ctx,
    page.map((one) => one.detail),
  );
  return {
    items: page.map(({ detail }) => ({ ...detail, standing: standings.get(detail.slug) ?? 'pending' })),
    all: found.length,
    next: more && last !== undefined ? Buffer.from(last.key, 'utf8').toString('base64url') : null,
  };
}

const signedSchema = z.array(z.object({ project_slug: z.string(), policy_slug: z.string() }));

/** Whether something was signed for users of each: released under a policy whose purpose is release. */
export async function standingsOf(
  ctx: Pick<Context, 'db'>,
  details: readonly ProjectDetail[],
): Promise<ReadonlyMap<string, Standing>> {
  const slugs = details.map((one) => one.slug as string);
  const rows =
    slugs.length === 0
      ? []
      : signedSchema.parse(
          await ctx.db.$queryRaw<unknown[]>`
            SELECT DISTINCT request.project_slug, request.policy_slug
              FROM portal.signing_request AS request
              JOIN signer.release AS release ON release.request_id = request.id
             WHERE request.project_slug = ANY(${slugs})`,
        );
  const released = new Set(rows.map((row) => `${row.project_slug}\n${row.policy_slug}`));
  return new Map(
    details.map(({ slug, project }) => {
      const { status } = project.project.value;
      if (status !== 'active') return [slug, status];
      const signed = [...project.policies].some(
        ([policy, { value }]) => value.purpose === 'release' && released.has(`${slug}\n${policy}`),
      );
      return [slug, signed ? 'signed' : 'pending'];
    }),
  );
}
