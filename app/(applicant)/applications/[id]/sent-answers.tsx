import Link from 'next/link';
import { summaryOf } from '../../../../lib/applications/questions/index.ts';
import { mayAnswer } from '../../../../lib/applications/index.ts';
import type { ApplicationDetail } from '../../../../lib/applications/index.ts';
import { Typed } from '../../../_components/typed.tsx';

/** What was sent; while the reviewers wait for an answer, what can be changed has a link. */
export function SentAnswers({ detail }: { readonly detail: ApplicationDetail }) {
  const { application, questions } = detail;
  const changeable = application.status === 'information-requested';
  const lines = changeable ? summaryOf(questions, application.answers) : (application.sent?.lines ?? []);
  return (
    <section aria-labelledby="answers">
      <h2 id="answers" className="text-2xl">
        Your answers
      </h2>
      <dl className="card mt-4 divide-y divide-rule">
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
            {changeable &&
            mayAnswer(application, line.question) &&
            lines[index - 1]?.question !== line.question ? (
              <dd>
                <Link
                  className="link inline-flex min-h-6 items-center"
                  href={`/apply/${application.id}/${line.question}`}
                >
                  Change<span className="sr-only"> {line.label}</span>
                </Link>
              </dd>
            ) : null}
          </div>
        ))}
      </dl>
    </section>
  );
}
