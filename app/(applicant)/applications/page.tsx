import type { Metadata } from 'next';
import Link from 'next/link';
import { listApplications } from '../../../lib/applications/index.ts';
import { ApplicationStatusBadge } from '../../_components/application-status.tsx';
import { Empty } from '../../_components/empty.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';
import { Time } from '../../_components/time.tsx';
import { requireSignIn } from '../apply/find-application.ts';

export const metadata: Metadata = { title: 'Your applications' };

export default async function ApplicationsPage() {
  await requireSignIn('/applications');
  const applications = await listApplications({ ctx: await pageContext() });
  return (
    <div className="page">
      <PageTitle
        title="Your applications"
        aside={
          <Link className="button" href="/apply">
            Apply
          </Link>
        }
      />
      {applications.length === 0 ? (
        <Empty title="You haven’t applied yet">
          The conditions are on one page:{' '}
          <Link className="link" href="/apply">
            read them
          </Link>
          , then start when you like.
        </Empty>
      ) : (
        <div className="card mt-8">
          <table className="rows">
            <caption className="sr-only">Your applications, the most recently changed first</caption>
            <thead>
              <tr>
                <th scope="col">Project</th>
                <th scope="col">Status</th>
                <th scope="col">Last change</th>
              </tr>
            </thead>
            <tbody>
              {applications.map((application) => (
                <tr key={application.id}>
                  <td>
                    <Link
                      className="link inline-block min-h-6 font-medium"
                      href={
                        application.status === 'draft'
                          ? `/apply/${application.id}`
                          : `/applications/${application.id}`
                      }
                    >
                      {application.name ?? `Application ${application.id}`}
                    </Link>
                    {application.repository === null ? null : (
                      <span className="block text-sm wrap-anywhere text-muted">
                        {application.repository.uri}
                      </span>
                    )}
                  </td>
                  <td>
                    <ApplicationStatusBadge status={application.status} />
                  </td>
                  <td className="text-sm text-muted md:whitespace-nowrap">
                    <Time value={application.updatedAt} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
