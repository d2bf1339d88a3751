/** What is about a project, also where the record itself doesn't say so: its certificates, and changes of its policy. */
import { indexCertificates } from '../certificates/index.ts';
import { isError } from '#core/error/index.ts';
import { IdentifierError, parseProjectSlug } from '#core/ids/index.ts';
import { sql, type Sql } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { projectCommits } from '../policy-versions/index.ts';

export interface ProjectScope {
  readonly slug: string;
  /** Serial numbers of its certificates, those that the registry doesn't list any more and that are revoked among them. */
  readonly serials: readonly string[];
  /** Accepted commits of the period in which the project's files changed. */
  readonly commits: readonly string[];
}

export async function scopeOf(
  ctx: Pick<Context, 'config' | 'db' | 'policies'>,
  slug: string,
  period: { readonly from: Date; readonly to: Date },
): Promise<ProjectScope> {
  const { all, revocations } = await indexCertificates(ctx);
  const mine = [...all, ...revocations.values()].filter(({ project }) => project === slug);
  return {
    slug,
    serials: [...new Set(mine.map(({ serial }) => serial))],
    commits: await commitsOf(ctx, slug, period),
  };
}

async function commitsOf(
  ctx: Pick<Context, 'db' | 'policies'>,
  slug: string,
  period: { readonly from: Date; readonly to: Date },
): Promise<readonly string[]> {
  try {
    return await projectCommits(ctx, { project: parseProjectSlug(slug), ...period });
  } catch (error) {
    // A name that is no project has no folder; records that mention it may come from anybody.
    if (isError(error, IdentifierError)) return [];
    throw error;
  }
}

/** A condition on `subject` of the portal's records. */
export const aboutProject = ({ slug, serials, commits }: ProjectScope): Sql => sql`subject IN (
  SELECT ${`project:${slug}`}::text
  UNION ALL SELECT 'certificate:' || serial FROM unnest(${[...serials]}::text[]) AS serial
  UNION ALL SELECT 'request:' || id FROM portal.signing_request WHERE project_slug = ${slug}
  UNION ALL SELECT 'application:' || id FROM portal.application WHERE slug = ${slug}
  UNION ALL SELECT 'review:' || review.id FROM portal.review JOIN portal.application AS of ON of.id = review.application_id
             WHERE of.slug = ${slug}
  UNION ALL SELECT 'report:' || id FROM portal.report WHERE project_slug = ${slug}
  UNION ALL SELECT change.subject FROM portal.audit_event AS change
             WHERE change.action IN ('policy-change.proposed', 'policy-change.amended')
               AND ${slug}::text = ANY(string_to_array(change.detail ->> 'projects', ' '))
  UNION ALL SELECT change.subject FROM portal.audit_event AS change
             WHERE change.action = 'policy-change.merged' AND change.detail ->> 'commit' = ANY(${[...commits]}::text[]))`;
