import type { ReviewDetail } from '../../../../lib/reviews/index.ts';
import { Time } from '../../../_components/time.tsx';

/** What was sent, in the words of the questions as they were then. */
export function ApplicationView({ detail }: { readonly detail: ReviewDetail }) {
  const { application } = detail;
  return (
    <section aria-labelledby="application">
      <h2 id="application" className="text-2xl">
        Application
      </h2>
      <dl className="facts card mt-4 p-5">
        <dt>Applicant</dt>
        <dd>
          {application.applicantName} <span className="text-muted">(account {application.applicantId})</span>
        </dd>
        {application.repository === null ? null : (
          <>
            <dt>Repository</dt>
            <dd>
              <a className="link break-all" href={application.repository.uri} rel="noreferrer nofollow">
                {application.repository.uri}
              </a>{' '}
              <span className="text-muted">(number {application.repository.id})</span>
            </dd>
            <dt>Proved by</dt>
            <dd>
              {application.proof === null ? (
                'nothing'
              ) : (
                <>
                  {application.proof.detail} <Time value={application.proof.at} />
                </>
              )}
            </dd>
          </>
        )}
        {application.sent?.lines.map((line) => (
          <Line key={`${line.question} ${line.label}`} label={line.label} text={line.text} />
        ))}
      </dl>
    </section>
  );
}

function Line({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd className="break-words whitespace-pre-wrap">
        {text === '' ? (
          <span className="text-muted">Nothing</span>
        ) : /^https:\/\/\S+$/.test(text) ? (
          <a className="link break-all" href={text} rel="noreferrer nofollow">
            {text}
          </a>
        ) : (
          text
        )}
      </dd>
    </>
  );
}
