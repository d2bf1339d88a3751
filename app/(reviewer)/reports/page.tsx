import type { Metadata } from 'next';
import Link from 'next/link';
import { listReports, reportKinds, reportOutcomes } from '../../../lib/reports/index.ts';
import { Empty } from '../../_components/empty.tsx';
import { PageTitle } from '../../_components/page-title.tsx';
import { Time } from '../../_components/time.tsx';
import { handlerContext, HandlersOnly } from './handlers-only.tsx';
import { Typed } from '../../_components/typed.tsx';

export const metadata: Metadata = { title: 'Reports' };

export default async function ReportsPage() {
  const ctx = await handlerContext('/reports');
  if (ctx === null) return <HandlersOnly />;
  const reports = await listReports({ ctx });
  const open = reports.filter((report) => report.closedAt === null).length;
  return (
    <div className="page">
      <PageTitle
        title="Reports"
        lead={open === 0 ? 'None is open.' : `${open} open, the most urgent first.`}
      />
      {reports.length === 0 ? (
        <Empty title="Nobody has reported anything">
          The form is at /report; no account is needed for it.
        </Empty>
      ) : (
        <ul className="mt-6 grid gap-4">
          {reports.map((report) => (
            <li key={report.id} className="card relative p-6 focus-within:border-accent hover:border-accent">
              <h2 className="text-xl break-words">
                <Link href={`/reports/${report.id}`} className="after:absolute after:inset-0">
                  {report.id}: {reportKinds[report.kind].words}
                </Link>
              </h2>
              <p className={`mt-1 ${report.late ? 'text-fail' : 'text-muted'}`}>
                {report.closedAt === null ? (
                  <>
                    {report.late
                      ? 'Late: due '
                      : report.acknowledgedAt === null
                        ? 'New, due '
                        : 'Acknowledged, due '}
                    <Time value={report.dueAt} />
                  </>
                ) : (
                  <>
                    {report.outcome === null ? '' : reportOutcomes[report.outcome]} ·{' '}
                    <Time value={report.closedAt} />
                  </>
                )}
                {report.project === null ? '' : ` · ${report.project}`}
              </p>
              <p dir="auto" className="mt-3 line-clamp-2 max-w-prose break-words">
                <Typed>{report.description}</Typed>
              </p>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
