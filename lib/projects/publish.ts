/** A project's public page as data: what programs and feeds read instead of the page. */
import { listCertificates } from '../certificates/index.ts';
import { recentReleases } from '../releases/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { countRevokedReleases, revocationJson, standingJson } from '../signatures/index.ts';
import { describePolicies } from './policies.ts';
import type { ProjectDetail } from './read.ts';
import { pending, standingsOf } from './standing.ts';
import type { Standing } from './standing.ts';

const releasesMax = 50;

export async function publishProject(
  ctx: Pick<Context, 'config' | 'db' | 'policies' | 'now'>,
  detail: ProjectDetail,
): Promise<Readonly<Record<string, unknown>> & { readonly standing: Standing }> {
  const { slug, accepted } = detail;
  const project = detail.project.project.value;
  const { foundation, people } = accepted.snapshot;
  const [standings, certificates, releases, revokedReleases] = await Promise.all([
    standingsOf(ctx, [detail]),
    listCertificates({ ctx, input: { project: slug } }),
    recentReleases({ ctx, input: { project: slug, limit: releasesMax } }),
    countRevokedReleases(ctx, slug),
  ]);
  const { standing, publishers } = standings.get(slug) ?? pending;
  const named = new Map<string, string>(Array.from(people, ([handle, one]) => [handle, one.value.name]));
  const person = (handle: string) => ({ handle, name: named.get(handle) ?? handle });
  const at = (path: string): string => `${ctx.config.publicUrl}${path}`;
  return {
    slug,
    name: project.name,
    tagline: project.tagline,
    description: project.description,
    standing,
    publishers,
    revokedReleases,
    program: project.program,
    category: project.category ?? null,
    licence: project.licence,
    homepage: project.homepage,
    download: project.download ?? null,
    repository: project.repository,
    url: at(`/projects/${slug}`),
    policy: {
      commit: accepted.commit,
      inForceSince: accepted.acceptedAt.toISOString(),
      signedBy: accepted.signers,
      policies: describePolicies(detail).map((policy) => ({
        slug: policy.slug,
        purpose: policy.document.value.purpose,
        says: policy.sections.map((section) => ({ title: section.title, sentences: section.sentences })),
      })),
    },
    team: {
      authors: project.team.authors.map(person),
      reviewers: project.team.reviewers.map(person),
      approvers: project.team.approvers.map(person),
      submitters: (project.team.submitters ?? []).map(person),
      configurators: (project.team.configurators ?? []).map(person),
    },
    privacyPolicy: project.privacy.policy ?? null,
    systemChanges: project.systemChanges?.description ?? null,
    certificateHolder:
      publishers.length > 0 && publishers.every((one) => one === 'project')
        ? null
        : {
            name: foundation.value.name,
            organization: foundation.value.subject.organization,
            homepage: foundation.value.homepage,
          },
    certificates: certificates
      .filter((one) => one.project === slug)
      .map((one) => ({
        purpose: one.purpose,
        subject: one.subject,
        issuer: one.issuer,
        publisher: one.publisher,
        serial: one.serial,
        sha256: one.sha256,
        validFrom: one.validFrom.toISOString(),
        validTo: one.validTo.toISOString(),
        revocation: revocationJson(ctx.config.publicUrl, one.revocation),
        url: at(`/certificates/${one.file}`),
      })),
    releases: releases.map((one) => ({
      name: one.name,
      sha256: one.sha256,
      sizeBytes: one.sizeBytes,
      policy: one.policy,
      standing: standingJson(ctx.config.publicUrl, one.standing),
      releasedAt: one.releasedAt.toISOString(),
      url: at(`/requests/${one.requestId}`),
    })),
  };
}
