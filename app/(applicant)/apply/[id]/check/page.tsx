import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { summaryOf } from '../../../../../lib/applications/questions/index.ts';
import { ActionForm } from '../../../../_components/action-form.tsx';
import { Notice } from '../../../../_components/notice.tsx';
import { PageTitle } from '../../../../_components/page-title.tsx';
import { sendForm } from '../../actions.ts';
import { findApplication } from '../../find-application.ts';
import { plural } from '../../../../_components/format.ts';
import { Typed } from '../../../../_components/typed.tsx';

export const metadata: Metadata = { title: 'Check your answers' };

export default async function CheckPage({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  const { id } = await params;
  const { application, questions, progress, conflicts, admission } = await findApplication(
    id,
    `/apply/${id}/check`,
  );
  if (application.status !== 'draft') redirect(`/applications/${id}`);
  if (progress.ended !== null) redirect(`/apply/${id}/ended`);
  const lines = summaryOf(questions, application.answers);
  const alike = conflicts?.lookalikes ?? [];
  const missing = progress.next !== null || application.proof === null;
  return (
    <div className="page *:max-w-3xl">
      <PageTitle
        title="Check your answers"
        up={{ href: `/apply/${id}`, name: 'All questions' }}
        lead="It has not been sent yet. You send it at the end of this page."
      />
      {progress.next === null ? null : (
        <Notice tone="waiting" title="Not everything is answered">
          Next:{' '}
          <Link className="link" href={`/apply/${id}/${progress.next.id}`}>
            {progress.next.title}
          </Link>
        </Notice>
      )}
      {application.proof === null ? (
        <Notice tone="waiting" title="You haven’t proved yet that the repository is yours">
          <Link className="link" href={`/apply/${id}/proof`}>
            Prove it
          </Link>
        </Notice>
      ) : null}
      {alike.length === 0 ? null : (
        <Notice tone="waiting" title="People might take the name for another project’s">
          It looks like {alike.join(', ')}. You can send it anyway; reviewers will ask whether users can tell
          them apart.
        </Notice>
      )}
      <dl className="card mt-8 divide-y divide-rule">
        {lines.map((line, index) => (
          <div
            key={`${line.question} ${line.label}`}
            className="grid gap-x-6 gap-y-1 p-4 sm:grid-cols-[12rem_minmax(0,1fr)_auto]"
          >
            <dt className="text-muted">{line.label}</dt>
            <dd className="min-w-0 break-words whitespace-pre-wrap">
              {line.text === '' ? (
                <span className="text-muted">Not answered</span>
              ) : (
                <Typed>{line.text}</Typed>
              )}
            </dd>
            {lines[index - 1]?.question === line.question ? null : (
              <dd>
                <Link
                  className="link inline-flex min-h-6 items-center"
                  href={`/apply/${id}/${line.question}?back=check`}
                >
                  Change<span className="sr-only"> {line.label}</span>
                </Link>
              </dd>
            )}
          </div>
        ))}
      </dl>
      <section aria-labelledby="send" className="mt-10">
        <h2 id="send" className="text-2xl">
          Send it
        </h2>
        {missing ? (
          <p className="mt-2 text-muted">As soon as everything above is done.</p>
        ) : (
          <>
            <p className="mt-2 text-muted">
              The foundation’s reviewers read it
              {admission.answerDays === undefined
                ? ''
                : ` and answer within ${plural(admission.answerDays, 'day')}`}
              . You see every step, and can write to them.
            </p>
            <ActionForm
              id="send"
              action={sendForm}
              hidden={{ id }}
              fields={[]}
              buttons={[{ label: 'Send the application', pending: 'Sending…', intent: 'send' }]}
            />
          </>
        )}
      </section>
    </div>
  );
}
