import type { Metadata } from 'next';
import Link from 'next/link';
import { problemKind, problemsByPlace, problemType } from '../../../lib/platform/problems/index.ts';
import { PageTitle } from '../../_components/page-title.tsx';

export const metadata: Metadata = { title: 'Problems' };

/** Every kind of problem that the portal answers, for those who write programs for its API. */
export default function ProblemsPage() {
  return (
    <div className="page">
      <PageTitle
        title="Problems"
        lead={
          <>
            What this portal answers where it can’t do what was asked: a problem document (RFC 9457), whose
            member <code>type</code> leads to a page here. Programs go by <code>code</code>.
          </>
        }
      />
      {problemsByPlace.map(({ place, title, codes }) => (
        <section key={place} aria-labelledby={place} className="mt-12">
          <h2 id={place} className="text-2xl">
            {title}
          </h2>
          <ul className="mt-4 grid gap-4">
            {codes.map((code) => (
              <li key={code}>
                <Link className="link inline-flex min-h-6 items-center break-all" href={problemType(code)}>
                  {code}
                </Link>{' '}
                <span className="text-muted">
                  {problemKind(code).status} · {problemKind(code).meaning}
                </span>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
