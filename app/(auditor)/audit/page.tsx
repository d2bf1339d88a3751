import type { Metadata } from 'next';
import Link from 'next/link';
import { recordLists } from '../../../lib/audit-records/index.ts';
import { PageTitle } from '../../_components/page-title.tsx';
import { AuditorsOnly, auditorContext } from './auditors-only.tsx';
import { ExportsSection } from './exports-section.tsx';
import { listWords } from './list-words.ts';

export const metadata: Metadata = { title: 'Audit' };

export default async function AuditPage(props: {
  readonly searchParams: Promise<{ readonly before?: string | string[] }>;
}) {
  const ctx = await auditorContext('/audit');
  if (ctx === null) return <AuditorsOnly />;
  return (
    <div className="page">
      <PageTitle
        title="Audit"
        lead="What was done and decided, by period. What applicants and reporters wrote is not here."
      />
      <ul className="mt-8 grid gap-4 sm:grid-cols-2">
        {recordLists.map((list) => (
          <li key={list} className="card relative p-6 focus-within:border-accent hover:border-accent">
            <h2 className="text-xl">
              <Link href={`/audit/${list}`} className="after:absolute after:inset-0">
                {listWords[list].title}
              </Link>
            </h2>
            <p className="mt-2 text-muted">{listWords[list].lead}</p>
          </li>
        ))}
      </ul>
      <ExportsSection ctx={ctx} before={timeOf((await props.searchParams).before)} />
    </div>
  );
}

/** Milliseconds since 1970, as a page's link to older ones says it; null: the newest. */
function timeOf(text: string | string[] | undefined): Date | null {
  return typeof text === 'string' && /^[1-9][0-9]{0,12}$/.test(text) ? new Date(Number(text)) : null;
}
