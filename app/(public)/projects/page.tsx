import type { Metadata } from 'next';
import Link from 'next/link';
import { listProjects } from '../../../lib/projects/index.ts';
import { Empty } from '../../_components/empty.tsx';
import { plural } from '../../_components/format.ts';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';

export const metadata: Metadata = { title: 'Projects' };

export default async function ProjectsPage() {
  const projects = await listProjects({ ctx: await pageContext() });
  return (
    <div className="page">
      <PageTitle
        title="Projects"
        lead="Each is signed for under a policy of its own that everybody can read."
      />
      {projects.length === 0 ? (
        <Empty title="No projects yet">
          They appear once the signer has accepted a policy that names them.
        </Empty>
      ) : (
        <ul className="mt-8 grid gap-5 md:grid-cols-2">
          {projects.map(({ slug, project }) => {
            const { name, tagline, licence, status, program } = project.project.value;
            return (
              <li
                key={slug}
                className="card relative flex flex-col p-6 focus-within:border-accent hover:border-accent"
              >
                <h2 className="text-xl">
                  <Link href={`/projects/${slug}`} className="after:absolute after:inset-0">
                    {name}
                  </Link>
                </h2>
                <p className="mt-2 flex-1 text-muted">{tagline}</p>
                <p className="mt-5 flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">
                  <span>{licence}</span>
                  <span>
                    {program === 'executables' ? 'Programs for users' : 'Components for developers'}
                  </span>
                  <span>{plural(project.policies.size, 'policy', 'policies')}</span>
                  {status === 'active' ? null : <span className="font-medium text-fail">{status}</span>}
                </p>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
