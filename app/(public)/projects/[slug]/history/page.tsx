import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { listProjectVersions } from '../../../../../lib/policy-versions/index.ts';
import { Empty } from '../../../../_components/empty.tsx';
import { pageContext } from '../../../../_components/page-context.ts';
import { PageTitle } from '../../../../_components/page-title.tsx';
import { VersionList } from '../../../../_components/version-list.tsx';
import { findProject } from '../find-project.ts';

interface Props {
  readonly params: Promise<{ readonly slug: string }>;
  readonly searchParams: Promise<{ readonly cursor?: string | string[] }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const detail = await findProject((await params).slug);
  return {
    title: detail === null ? 'No such project' : `Policy history of ${detail.project.project.value.name}`,
  };
}

export default async function ProjectHistoryPage({ params, searchParams }: Props) {
  const detail = await findProject((await params).slug);
  if (detail === null) notFound();
  const ctx = await pageContext();
  const { cursor } = await searchParams;
  const { slug } = detail;
  const { name } = detail.project.project.value;
  const page = await listProjectVersions({
    ctx,
    input: { project: slug, limit: 20, ...(typeof cursor === 'string' ? { cursor } : {}) },
  });
  const here = `/projects/${slug}/history`;
  return (
    <div className="page">
      <PageTitle
        title="Policy history"
        up={{ href: `/projects/${slug}`, name }}
        lead={`Every policy that ${name} was signed under, newest first: what changed, and who signed it.`}
      />
      {page.items.length === 0 ? (
        <Empty title="There is nothing older" />
      ) : (
        <VersionList items={page.items} here={here} />
      )}
      {page.next === null ? null : (
        <p className="mt-2">
          <Link className="button button-quiet" href={`${here}?cursor=${page.next}`}>
            Older
          </Link>
        </p>
      )}
      <p className="mt-10 text-sm">
        <a className="link inline-block min-h-6" href={`/api/v1/projects/${slug}/policy-versions`}>
          This page as JSON
        </a>
      </p>
    </div>
  );
}
