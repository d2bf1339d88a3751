import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import Link from 'next/link';
import { listCertificates } from '../../../../lib/certificates/index.ts';
import type { PublishedCertificate } from '../../../../lib/certificates/index.ts';
import { describePolicies, pending, standingsOf } from '../../../../lib/projects/index.ts';
import { recentReleases } from '../../../../lib/releases/index.ts';
import { listRequests } from '../../../../lib/requests/index.ts';
import { listRevocations, mayRevoke } from '../../../../lib/revocations/index.ts';
import { countRevokedReleases } from '../../../../lib/signatures/index.ts';
import { CertificateList } from '../../../_components/certificate-list.tsx';
import { Empty } from '../../../_components/empty.tsx';
import { Notice } from '../../../_components/notice.tsx';
import { pageContext } from '../../../_components/page-context.ts';
import { PageTitle } from '../../../_components/page-title.tsx';
import { PolicyCard } from '../../../_components/policy-card.tsx';
import { PolicyLink } from '../../../_components/policy-link.tsx';
import { ReleaseTable } from '../../../_components/release-table.tsx';
import { RequestTable } from '../../../_components/request-table.tsx';
import { StopNotice } from '../../../_components/stop-notice.tsx';
import { StandingBadge } from '../../../_components/standing-badge.tsx';
import { TeamList } from '../../../_components/team-list.tsx';
import { Time } from '../../../_components/time.tsx';
import { Announced } from './announced.tsx';
import { findProject } from './find-project.ts';
import { ForTheTeam } from './for-the-team.tsx';
import { ForYourSite } from './for-your-site.tsx';
import { ownKeyRecords, OwnKeys } from './own-keys.tsx';
import { RevokedBanner } from './revoked-banner.tsx';

const certificatesShownMax = 12;

/** The foundation's own, then those with the longest validity. */
const shownCertificates = (all: readonly PublishedCertificate[]): readonly PublishedCertificate[] =>
  all.length <= certificatesShownMax
    ? all
    : [
        ...all.filter(({ project }) => project === null),
        ...all
          .filter(({ project }) => project !== null)
          .toSorted((a, b) => b.validTo.getTime() - a.validTo.getTime()),
      ].slice(0, certificatesShownMax);

interface Props {
  readonly params: Promise<{ readonly slug: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const detail = await findProject((await params).slug);
  if (detail === null) return { title: 'No such project' };
  return {
    title: detail.project.project.value.name,
    alternates: { types: { 'application/atom+xml': `/projects/${detail.slug}/feed.xml` } },
  };
}

export default async function ProjectPage({ params }: Props) {
  const detail = await findProject((await params).slug);
  if (detail === null) notFound();
  const ctx = await pageContext();
  const { slug, accepted } = detail;
  const project = detail.project.project.value;
  const [standings, releases, requests, certificates, revoked, notices] = await Promise.all([
    standingsOf(ctx, [detail]),
    recentReleases({ ctx, input: { project: slug, limit: 5 } }),
    listRequests({ ctx, input: { project: slug, limit: 5 } }),
    listCertificates({ ctx, input: { project: slug } }),
    countRevokedReleases(ctx, slug),
    listRevocations({ ctx, input: { project: slug } }),
  ]);
  const { standing, publishers } = standings.get(slug) ?? pending;
  const foundation = accepted.snapshot.foundation.value;
  return (
    <div className="page">
      <PageTitle
        title={project.name}
        lead={project.tagline}
        up={{ href: '/projects', name: 'Projects' }}
        aside={<StandingBadge standing={standing} publishers={publishers} />}
      />
      <StopNotice ctx={ctx} project={slug} />
      <RevokedBanner standing={standing} revoked={revoked} notices={notices} />
      {standing === 'expired' ? (
        <Notice tone="waiting" title="Its certificate has expired">
          Nothing is signed for users until it has another. What was timestamped before stays good.
        </Notice>
      ) : null}
      {standing === 'pending' ? (
        <Notice tone="waiting" title="Pending: nothing of it has been signed for users yet">
          The policy below is in force. Once the first release is signed and verified, it is listed here.
        </Notice>
      ) : null}
      {project.status === 'active' ? null : (
        <Notice tone="failed" title={`This project is ${project.status}`}>
          Nothing is signed for it. Earlier releases below stay on the record.
        </Notice>
      )}
      <Announced certificates={certificates.filter((one) => one.project === slug)} now={ctx.now()} />
      <ForTheTeam ctx={ctx} detail={detail} />
      <div className="mt-8 grid gap-x-12 gap-y-10 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <p className="max-w-[44rem]">{project.description}</p>
        <dl className="facts lg:grid-cols-[5.5rem_minmax(0,1fr)]!">
          <dt>Source</dt>
          <dd>
            <a className="link" href={project.repository.uri}>
              {project.repository.uri.replace('https://', '')}
            </a>
          </dd>
          <dt>Home page</dt>
          <dd>
            <a className="link" href={project.homepage}>
              {project.homepage.replace('https://', '')}
            </a>
          </dd>
          {project.download === undefined ? null : (
            <>
              <dt>Downloads</dt>
              <dd>
                <a className="link" href={project.download}>
                  {project.download.replace('https://', '')}
                </a>
              </dd>
            </>
          )}
          <dt>Licence</dt>
          <dd>{project.licence}</dd>
        </dl>
      </div>

      <section aria-labelledby="policy" className="pt-16">
        <h2 id="policy" className="text-2xl">
          Code-signing policy
        </h2>
        <p className="mt-2 text-muted">
          Free code signing provided by Countersign,{' '}
          {publishers.includes('project') ? (
            <>
              {publishers.includes('foundation') ? 'partly ' : ''}with the project’s own certificate, under
              the policy of{' '}
            </>
          ) : (
            'certificate by '
          )}
          <a className="link" href={foundation.homepage}>
            {foundation.name}
          </a>
          . In force since <Time value={accepted.acceptedAt} />, as commit{' '}
          <code className="hash">{accepted.commit}</code>. The text below is written from the policy itself.
        </p>
        <p className="mt-2 flex flex-wrap gap-x-6 gap-y-1">
          <Link className="link inline-block min-h-6" href={`/projects/${slug}/history`}>
            How it changed over time
          </Link>
          <Link
            className="link inline-block min-h-6"
            href={`/changes/new?q=${encodeURIComponent(`projects/${slug}/`)}`}
          >
            Propose a change
          </Link>
        </p>
        <div className="mt-6 grid gap-6">
          {describePolicies(detail).map((policy) => (
            <PolicyCard key={policy.slug} project={slug} commit={accepted.commit} policy={policy} />
          ))}
        </div>
      </section>

      <div className="grid gap-x-12 pt-16 lg:grid-cols-2">
        <section aria-labelledby="team">
          <h2 id="team" className="text-2xl">
            Team
          </h2>
          <TeamList team={project.team} people={accepted.snapshot.people} />
        </section>
        <section aria-labelledby="privacy" className="pt-16 lg:pt-0">
          <h2 id="privacy" className="text-2xl">
            Privacy
          </h2>
          <p className="mt-3">
            {project.privacy.policy === undefined ? (
              'This program will not transfer any information to other networked systems unless the user asks for it.'
            ) : (
              <>
                What this program sends to other systems is described in its{' '}
                <a className="link" href={project.privacy.policy}>
                  privacy policy
                </a>
                .
              </>
            )}
          </p>
          {project.systemChanges?.description === undefined ? (
            <p className="mt-3">It changes nothing on the system beyond its own files and settings.</p>
          ) : (
            <p className="mt-3">
              What it changes on the system, and how to undo it, is{' '}
              <a className="link" href={project.systemChanges.description}>
                described by the project
              </a>
              .
            </p>
          )}
          <p className="mt-3 text-sm">
            <PolicyLink project={slug} file={detail.project.project.file} commit={accepted.commit} />
          </p>
        </section>
      </div>

      <section aria-labelledby="releases" className="pt-16">
        <h2 id="releases" className="text-2xl">
          Releases
        </h2>
        {releases.length === 0 ? (
          <Empty title="Nothing has been released yet" />
        ) : (
          <ReleaseTable items={releases} caption={`Newest signed artifacts of ${project.name}`} />
        )}
      </section>

      <section aria-labelledby="requests" className="pt-16">
        <h2 id="requests" className="text-2xl">
          Signing requests
        </h2>
        {requests.items.length === 0 ? (
          <Empty title="Nobody has asked for a signature yet" />
        ) : (
          <>
            <RequestTable items={requests.items} caption={`Newest signing requests of ${project.name}`} />
            <p className="mt-4">
              <Link className="link" href={`/requests?project=${slug}`}>
                All requests of {project.name}
              </Link>
            </p>
          </>
        )}
      </section>

      <section aria-labelledby="certificates" className="pt-16">
        <h2 id="certificates" className="text-2xl">
          Certificates
        </h2>
        <CertificateList certificates={shownCertificates(certificates.filter(({ own }) => own === null))} />
        {certificates.length > certificatesShownMax ? (
          <p className="mt-4">
            <Link className="link inline-block min-h-6" href={`/certificates?q=${slug}`}>
              All certificates of {project.name}
            </Link>
          </p>
        ) : null}
        {mayRevoke(ctx.actor) &&
        certificates.some((certificate) => certificate.project === slug && !certificate.hasNotice) ? (
          <p className="mt-4">
            <Link className="link inline-block min-h-6" href={`/revocations/new?project=${slug}`}>
              Revoke all certificates of this project…
            </Link>
          </p>
        ) : null}
      </section>

      <OwnKeys records={ownKeyRecords(certificates)} directory={ctx.config.openPgp?.domain ?? null} />

      <ForYourSite detail={detail} publishers={publishers} origin={ctx.config.publicUrl} />
    </div>
  );
}
