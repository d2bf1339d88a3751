import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { PageTitle } from '../../../../_components/page-title.tsx';
import { OtherTracks } from '../../_conditions/conditions.tsx';
import { findApplication } from '../../find-application.ts';

export const metadata: Metadata = { title: 'Not eligible' };

/** Not an error: the reason, and what is possible instead. */
export default async function EndedPage({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  const { id } = await params;
  const { progress, admission } = await findApplication(id, `/apply/${id}/ended`);
  const gate = progress.ended?.gate;
  if (progress.ended === null || gate === null || gate === undefined) redirect(`/apply/${id}`);
  return (
    <div className="page *:max-w-2xl">
      <PageTitle title="This project can’t get a free certificate" lead={gate.reason} />
      <p className="mt-6">
        You answered “{progress.ended.title}” with {gate.wanted === 'yes' ? 'no' : 'yes'}.{' '}
        <Link className="link" href={`/apply/${id}/${progress.ended.id}`}>
          Change the answer
        </Link>
      </p>
      {gate.alternatives.length === 0 ? null : (
        <section aria-labelledby="instead" className="mt-10">
          <h2 id="instead" className="text-2xl">
            What you can do instead
          </h2>
          <ul className="mt-4 list-disc ps-5">
            {gate.alternatives.map((alternative) => (
              <li key={alternative} className="mt-1.5">
                {alternative}
              </li>
            ))}
          </ul>
        </section>
      )}
      {admission.otherTracks === undefined || admission.otherTracks.length === 0 ? null : (
        <div className="mt-10">
          <OtherTracks tracks={admission.otherTracks} />
        </div>
      )}
      <p className="mt-10 text-muted">Your answers are kept in case anything changes.</p>
    </div>
  );
}
