import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { readReceipt, reportKinds, reportOutcomes } from '../../../../lib/reports/index.ts';
import { pageContext } from '../../../_components/page-context.ts';
import { PageTitle } from '../../../_components/page-title.tsx';
import { Time } from '../../../_components/time.tsx';
import { TypedText } from '../../../_components/typed.tsx';

export const metadata: Metadata = {
  title: 'Your report',
  // Whoever has the address may read it.
  robots: { index: false },
};

export default async function ReceiptPage({ params }: { readonly params: Promise<{ token: string }> }) {
  const { token } = await params;
  const receipt = await readReceipt({ ctx: await pageContext(), input: { token } });
  if (receipt === null) notFound();
  const {
    kind,
    project,
    serial,
    fileSha256,
    links,
    receivedAt,
    dueAt,
    acknowledgedAt,
    closedAt,
    outcome,
    answer,
  } = receipt;
  return (
    <div className="page *:max-w-3xl">
      <PageTitle
        title={kind === 'appeal' ? 'Your appeal' : 'Your report'}
        lead={
          closedAt === null
            ? 'It is with the foundation’s reviewers. Keep this address: only people who have it can follow the report. What you wrote isn’t shown here.'
            : 'It was investigated and decided.'
        }
      />
      <dl className="facts mt-8">
        <dt>What</dt>
        <dd>{reportKinds[kind].words}</dd>
        {project === null ? null : (
          <>
            <dt>Project</dt>
            <dd>
              <Link className="link" href={`/projects/${project}`}>
                {project}
              </Link>
            </dd>
          </>
        )}
        {serial === null ? null : (
          <>
            <dt>Certificate</dt>
            <dd className="hash">{serial}</dd>
          </>
        )}
        {fileSha256 === null ? null : (
          <>
            <dt>File</dt>
            <dd className="hash">
              <Link className="link" href={`/search?q=${fileSha256}`}>
                {fileSha256}
              </Link>
            </dd>
          </>
        )}
        {links.length === 0 ? null : (
          <>
            <dt>Links to evidence</dt>
            <dd>
              <ul className="grid gap-1">
                {links.map((link) => (
                  // Not a link, as for who reads the report.
                  <li key={link} className="wrap-anywhere">
                    <code>{link}</code>
                  </li>
                ))}
              </ul>
            </dd>
          </>
        )}
        <dt>Received</dt>
        <dd>
          <Time value={receivedAt} />
        </dd>
        <dt>Acknowledged</dt>
        <dd>{acknowledgedAt === null ? 'Not yet' : <Time value={acknowledgedAt} />}</dd>
        <dt>To be decided by</dt>
        <dd>
          <Time value={dueAt} />
        </dd>
        <dt>Decided</dt>
        <dd>{closedAt === null ? 'Not yet' : <Time value={closedAt} />}</dd>
        {outcome === null ? null : (
          <>
            <dt>Outcome</dt>
            <dd>{reportOutcomes[outcome]}</dd>
          </>
        )}
      </dl>
      {answer === null ? null : (
        <section aria-labelledby="answer" className="pt-8">
          <h2 id="answer" className="text-2xl">
            What was found
          </h2>
          <TypedText className="mt-2 max-w-prose" text={answer} />
        </section>
      )}
    </div>
  );
}
