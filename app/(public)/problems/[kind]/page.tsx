import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { problemKind, problemOfSlug } from '../../../../lib/platform/problems/index.ts';
import { PageTitle } from '../../../_components/page-title.tsx';

interface Props {
  readonly params: Promise<{ readonly kind: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const code = problemOfSlug((await params).kind);
  return { title: code === null ? 'No such problem' : problemKind(code).title };
}

/** Where `type` of a problem document leads. */
export default async function ProblemPage({ params }: Props) {
  const code = problemOfSlug((await params).kind);
  if (code === null) notFound();
  const { status, elsewhere, title, meaning, fix } = problemKind(code);
  return (
    <div className="page">
      <PageTitle title={title} lead={meaning} up={{ href: '/problems', name: 'Problems' }} />
      <dl className="mt-8 grid max-w-prose gap-6">
        <div>
          <dt className="text-muted">What to do</dt>
          <dd>{fix}</dd>
        </div>
        <div>
          <dt className="text-muted">Code</dt>
          <dd className="font-mono break-all">{code}</dd>
        </div>
        <div>
          <dt className="text-muted">HTTP status</dt>
          <dd>{[status, ...elsewhere].join(' or ')}</dd>
        </div>
      </dl>
      <p className="mt-8 max-w-prose text-muted">
        An answer with this problem says in its own words what was found (<code>detail</code>) and what to do
        about it (<code>fix</code>).
      </p>
    </div>
  );
}
