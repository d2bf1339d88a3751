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
  const open = reports.filter((one) => one.closedAt === null).length;
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
          {reports.map((one) => (
            <li key={one.id} className="card relative p-6 focus-within:border-accent hover:border-accent">
              <h2 className="text-xl break-words">
                <Link href={`/reports/${one.id}`} className="after:absolute after:inset-0">
                  {one.id}: {reportKinds[one.kind].words}
                </Link>
              </h2>
              <p className={`mt-1 ${one.late ? 'text-fail' : 'text-muted'}`}>
                {one.closedAt === null ? (
                  <>
                    {one.late
                      ? 'Late: due '
                      : one.acknowledgedAt === null
                        ? 'New, due '
                        : 'Acknowledged, due '}
                    <Time value={one.dueAt} />
                  </>
                ) : (
                  <>
                    {one.outcome === null ? '' : reportOutcomes[one.outcome]} · <Time value={one.closedAt} />
                  </>
                )}
                {one.project === null ? '' : ` · ${one.project}`}
              </p>
              <p dir="auto" className="mt-3 line-clamp-2 max-w-prose break-words">
                <Typed>{one.description}</Typed>
              </p>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
