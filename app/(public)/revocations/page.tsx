import type { Metadata } from 'next';
import Link from 'next/link';
import { mayHandleReports } from '../../../lib/reports/index.ts';
import { listRevocations } from '../../../lib/revocations/index.ts';
import { Empty } from '../../_components/empty.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';
import { PublisherMark } from '../../_components/publisher-mark.tsx';
import { triggerWords } from '../../_components/revocation-words.ts';
import { Time } from '../../_components/time.tsx';

export const metadata: Metadata = { title: 'Revocations' };

const perPage = 50;

export default async function RevocationsPage(props: {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}) {
  const ctx = await pageContext();
  const all = await listRevocations({ ctx });
  const pages = Math.max(1, Math.ceil(all.length / perPage));
  const page = Math.min(Math.max(1, Math.trunc(Number((await props.searchParams)['page'])) || 1), pages);
  const notices = all.slice((page - 1) * perPage, page * perPage);
  return (
    <div className="page">
      <PageTitle
        title="Revocations"
        lead="Certificates that must no longer be trusted, since when and why. Windows and other verifiers learn it from the signed list; for a project’s own certificate, from the authority that issued it."
      />
      <p className="mt-6 flex flex-wrap gap-x-6 gap-y-2">
        <a className="link inline-block min-h-6" href="/pki/foundation-issuing.crl">
          Signed revocation list
        </a>
        <a className="link inline-block min-h-6" href="/revocations/feed.xml">
          Atom feed
        </a>
        <a className="link inline-block min-h-6" href="/api/v1/revocations">
          JSON
        </a>
        <Link className="link inline-block min-h-6" href="/report">
          Report a problem
        </Link>
        {mayHandleReports(ctx.actor) ? (
          <Link className="link inline-block min-h-6" href="/reports">
            What was reported
          </Link>
        ) : null}
      </p>
      {notices.length === 0 ? (
        <Empty title="No certificate is revoked">
          All certificates that the foundation issued are good until they expire.
        </Empty>
      ) : (
        <ul className="mt-6 grid gap-4">
          {notices.map((notice) => (
            <li
              key={notice.serial}
              className="card relative p-6 focus-within:border-accent hover:border-accent"
            >
              <h2 className="text-xl break-words">
                <Link href={`/revocations/${notice.serial}`} className="after:absolute after:inset-0">
                  {notice.projectName}: {notice.certificate}
                </Link>
              </h2>
              <p className="mt-1 text-muted">
                {triggerWords(notice.trigger)} · effective <Time value={notice.effectiveAt} />
              </p>
              {notice.publisher === 'project' ? (
                <p className="mt-2">
                  <PublisherMark publisher="project" />
                </p>
              ) : null}
              <p className="mt-3 line-clamp-3 max-w-prose break-words">{notice.statement}</p>
            </li>
          ))}
        </ul>
      )}
      {pages === 1 ? null : (
        <nav aria-label="Pages" className="mt-8 flex flex-wrap items-baseline gap-6">
          <span>
            {all.length} revocations, page {page} of {pages}
          </span>
          {page > 1 ? (
            <Link className="link inline-block min-h-6" href={`/revocations?page=${page - 1}`} rel="prev">
              Previous page
            </Link>
          ) : null}
          {page < pages ? (
            <Link className="link inline-block min-h-6" href={`/revocations?page=${page + 1}`} rel="next">
              Next page
            </Link>
          ) : null}
        </nav>
      )}
    </div>
  );
}
