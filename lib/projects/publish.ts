/** A project's public page as data: what programs and feeds read instead of the page. */
import { isAnnounced, isRecord, listCertificates } from '../certificates/index.ts';
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
      publishers.length > 0 && publishers.every((publisher) => publisher === 'project')
        ? null
        : {
            name: foundation.value.name,
            organization: foundation.value.subject.organization,
            homepage: foundation.value.homepage,
          },
    certificates: certificates
      .filter((certificate) => certificate.project === slug && !isRecord(certificate))
      .map((certificate) => ({
        purpose: certificate.purpose,
        subject: certificate.subject,
        issuer: certificate.issuer,
        publisher: certificate.publisher,
        serial: certificate.serial,
        sha256: certificate.sha256,
        validFrom: certificate.validFrom.toISOString(),
        validTo: certificate.validTo.toISOString(),
        usedFrom: (certificate.usedFrom ?? certificate.validFrom).toISOString(),
        announced: isAnnounced(certificate, ctx.now()),
        sharesKeyWith: certificate.sharesKeyWith,
        revocation: revocationJson(ctx.config.publicUrl, certificate.revocation),
        url: at(`/certificates/${certificate.file}`),
      })),
    ownKeys: certificates.flatMap(({ own, name, project: of, ...record }) =>
      own === null || of !== slug
        ? []
        : [
            {
              kind: own.openPgp === null ? 'raw' : 'openpgp',
              name,
              purpose: own.serves,
              algorithm: own.algorithm,
              fingerprint: own.openPgp?.fingerprint.replaceAll(' ', '') ?? null,
              userId: own.openPgp?.userId ?? null,
              spkiSha256: own.spkiSha256,
              serial: record.serial,
              validFrom: record.validFrom.toISOString(),
              validTo: record.validTo.toISOString(),
              revocation: revocationJson(ctx.config.publicUrl, record.revocation),
              url: at(`/certificates/${own.file}`),
            },
          ],
    ),
    releases: releases.map((release) => ({
      name: release.name,
      sha256: release.sha256,
      sizeBytes: release.sizeBytes,
      policy: release.policy,
      standing: standingJson(ctx.config.publicUrl, release.standing),
      releasedAt: release.releasedAt.toISOString(),
      url: at(`/requests/${release.requestId}`),
    })),
  };
}
