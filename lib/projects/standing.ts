/** The standing of projects, for people who would run their releases. */
import { z } from 'zod';
import type { PublishedCertificate } from '../certificates/index.ts';
import { parseRequestId } from '#core/ids/index.ts';
import { isRefused } from '../certificates/standing/index.ts';
import type { Publisher, SignatureState } from '../certificates/standing/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { readFacts, releaseStandings } from '../signatures/index.ts';
import type { SigningFacts } from '../signatures/index.ts';
import type { ProjectDetail } from './read.ts';

/**
 * - `revoked`: the newest release under a policy for releases is revoked, or its certificate is and no other has followed
 * - `retired`, `paused`: so the policy says
 * - `expired`: the certificate has run out, and no other has followed
 * - `pending`: nothing has been signed and verified for users yet
 * - `signed`: none of these
 */
export type Standing = 'signed' | 'pending' | 'revoked' | 'expired' | 'paused' | 'retired';

/** How a project stands, and whose names its releases carry. */
export interface ProjectStanding {
  readonly standing: Standing;
  /** Of the newest release under each policy for releases; before the first, as the policy says. Each once. */
  readonly publishers: readonly Publisher[];
}

/** For a project about which nothing is known. */
export const pending: ProjectStanding = { standing: 'pending', publishers: [] };

type Source = Pick<Context, 'config' | 'db' | 'policies' | 'now'>;

interface NewestRelease {
  readonly project: string;
  readonly policy: string;
  readonly state: SignatureState;
  readonly publisher: Publisher | null;
}

/** By slug. Three queries for all of them. */
export async function standingsOf(
  ctx: Source,
  details: readonly ProjectDetail[],
): Promise<ReadonlyMap<string, ProjectStanding>> {
  const [facts, newest] = await Promise.all([readFacts(ctx), newestReleases(ctx, details)]);
  const released = Map.groupBy(newest, (release) => release.project);
  const now = ctx.now();
  return new Map(
    details.map((detail) => {
      const mine = released.get(detail.slug) ?? [];
      const standing = standingOf(detail, mine, certificateStates(detail, facts, now));
      return [detail.slug, { standing, publishers: publishersOf(detail, mine) }];
    }),
  );
}

/** Slugs of projects that stand revoked: only those with a revoked certificate are checked. */
export async function revokedProjects(
  ctx: Source,
  all: ReadonlyMap<string, ProjectDetail>,
): Promise<ReadonlySet<string>> {
  const slugs = new Set((await readFacts(ctx)).revoked.map((serial) => serial.project));
  const details = [...all].filter(([slug]) => slugs.has(slug)).map(([, detail]) => detail);
  const standings = await standingsOf(ctx, details);
  return new Set(
    details.map((detail) => detail.slug).filter((slug) => standings.get(slug)?.standing === 'revoked'),
  );
}

function standingOf(
  { project }: ProjectDetail,
  newest: readonly NewestRelease[],
  certificates: ReadonlySet<CertificateState>,
): Standing {
  const { status } = project.project.value;
  if (newest.some((release) => isRefused(release.state))) return 'revoked';
  if (status !== 'active') return status;
  if (certificates.has('revoked')) return 'revoked';
  if (certificates.has('expired') || newest.some((release) => release.state === 'expired')) return 'expired';
  return newest.length === 0 ? 'pending' : 'signed';
}

function publishersOf({ project }: ProjectDetail, newest: readonly NewestRelease[]): readonly Publisher[] {
  const policies = [...project.policies].filter(([, { value }]) => value.purpose === 'release');
  const publishers = policies.map(([slug, { value }]) => {
    const released = newest.find((release) => release.policy === slug)?.publisher ?? null;
    return released ?? value.publisher ?? 'foundation';
  });
  return [...new Set(publishers)].sort();
}

type CertificateState = 'valid' | 'expired' | 'revoked';

/** Of each certificate that a policy for releases names; nothing of those that aren't issued yet. */
function certificateStates(
  { slug, project }: ProjectDetail,
  { index }: SigningFacts,
  now: Date,
): ReadonlySet<CertificateState> {
  const mine = (index.byProject.get(slug) ?? []).filter((certificate) => certificate.purpose === 'release');
  const names = new Set(
    [...project.policies.values()]
      .filter(({ value }) => value.purpose === 'release')
      .map(({ value }) => value.certificate),
  );
  const states = [...names].map((name) =>
    stateOf(
      mine.filter((certificate) => certificate.name === name),
      now,
    ),
  );
  return new Set(states.filter((state) => state !== null));
}

/** The newest says how it stands where none is valid. */
function stateOf(certificates: readonly PublishedCertificate[], now: Date): CertificateState | null {
  if (certificates.some((certificate) => certificate.revocation === null && certificate.validTo >= now))
    return 'valid';
  const newest = certificates.toSorted((a, b) => b.validTo.getTime() - a.validTo.getTime())[0];
  if (newest === undefined) return null;
  return newest.revocation === null ? 'expired' : 'revoked';
}

const rowSchema = z.object({
  project: z.string(),
  policy: z.string(),
  request_id: z.string().transform((value) => parseRequestId(value)),
});

/** The newest release under each policy for releases. */
async function newestReleases(
  ctx: Source,
  details: readonly ProjectDetail[],
): Promise<readonly NewestRelease[]> {
  const pairs = details.flatMap(({ slug, project }) =>
    [...project.policies]
      .filter(([, { value }]) => value.purpose === 'release')
      .map(([policy]) => ({ slug: slug, policy: policy })),
  );
  if (pairs.length === 0) return [];
  const rows = await ctx.db.$queryRaw<unknown[]>`
    SELECT pair.project, pair.policy, newest.request_id::text
      FROM unnest(${pairs.map((pair) => pair.slug)}::text[], ${pairs.map((pair) => pair.policy)}::text[])
           AS pair(project, policy)
     CROSS JOIN LATERAL (
       SELECT release.request_id
         FROM portal.signing_request AS request
         JOIN signer.release AS release ON release.request_id = request.id
        WHERE request.project_slug = pair.project AND request.policy_slug = pair.policy
        ORDER BY request.submitted_at DESC, request.id DESC
        LIMIT 1) AS newest`;
  const found = rows.map((row) => rowSchema.parse(row));
  const standings = await releaseStandings(
    ctx,
    found.map((row) => row.request_id),
  );
  return found.map(({ project, policy, request_id: id }) => ({
    project,
    policy,
    state: standings.get(id)?.state ?? 'unlisted',
    publisher: standings.get(id)?.publisher ?? null,
  }));
}
