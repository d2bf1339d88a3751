import type { Metadata } from 'next';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import type { ApplicationDetail } from '../../../../lib/applications/index.ts';
import { PageTitle } from '../../../_components/page-title.tsx';
import { findApplication } from '../find-application.ts';

export const metadata: Metadata = { title: 'Your application' };

/** The list of tasks: what is done, what comes next. */
export default async function TasksPage({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  const { id } = await params;
  const detail = await findApplication(id, `/apply/${id}`);
  const { application, progress } = detail;
  if (application.status !== 'draft') redirect(`/applications/${application.id}`);
  const next =
    progress.ended !== null
      ? `/apply/${id}/ended`
      : progress.next === null
        ? `/apply/${id}/check`
        : `/apply/${id}/${progress.next.id}`;
  return (
    <div className="page *:max-w-3xl">
      <PageTitle
        title={application.name ?? 'Your application'}
        up={{ href: '/applications', name: 'Your applications' }}
        lead="Everything is saved as you go. Nobody sees it until you send it."
      />
      <p id="progress-words" className="mt-8 font-medium">
        {progress.answered} of {progress.all} questions answered
      </p>
      <progress
        className="meter mt-2"
        value={progress.answered}
        max={progress.all}
        aria-labelledby="progress-words"
      />
      <p className="mt-6">
        <Link className="button" href={next}>
          {progress.answered === 0 ? 'Begin' : progress.next === null ? 'Check and send' : 'Continue'}
        </Link>
      </p>
      <Tasks detail={detail} />
    </div>
  );
}

function Tasks({ detail }: { readonly detail: ApplicationDetail }) {
  const { application, questions, progress } = detail;
  return (
    <ol className="card mt-8 divide-y divide-rule">
      {questions.map((question) => {
        const answered = application.answers[question.id] !== undefined;
        const ends = progress.ended?.id === question.id;
        const next = progress.next?.id === question.id;
        return (
          <li key={question.id} className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 p-4">
            <Link
              className="link inline-flex min-h-6 items-center"
              href={`/apply/${application.id}/${question.id}`}
            >
              {question.title}
            </Link>
            <span
              className={`text-sm ${ends ? 'font-medium text-fail' : answered ? 'text-pass' : 'text-muted'}`}
            >
              {ends ? 'Ends the application' : answered ? 'Answered' : next ? 'Next' : 'Not yet'}
            </span>
          </li>
        );
      })}
      {application.repository === null ? null : (
        <li className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 p-4">
          <Link className="link inline-flex min-h-6 items-center" href={`/apply/${application.id}/proof`}>
            Prove that the repository is yours
          </Link>
          <span className={`text-sm ${application.proof === null ? 'font-medium text-wait' : 'text-pass'}`}>
            {application.proof === null ? 'To do' : 'Proved'}
          </span>
        </li>
      )}
    </ol>
  );
}
