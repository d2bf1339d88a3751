import { hostLabel } from '#core/identity/index.ts';
import type { EvidenceItem, ReviewDetail } from '../../../../lib/reviews/index.ts';
import { Time } from '../../../_components/time.tsx';
import { Typed } from '../../../_components/typed.tsx';

/** What was sent, with the questions as they were worded then. */
export function ApplicationView({ detail }: { readonly detail: ReviewDetail }) {
  const { application } = detail;
  return (
    <section aria-labelledby="application">
      <h2 id="application" className="text-2xl">
        Application
      </h2>
      <p className="mt-1 text-sm text-muted">
        Signals beside an answer are no verdict: the answer is the applicant’s, the judgement yours.
      </p>
      <dl className="facts card mt-4 p-5">
        <dt>Applicant</dt>
        <dd>
          {application.applicantName}{' '}
          <span className="text-muted">
            (account {application.applicant.id} on {hostLabel(application.applicant.host)})
          </span>
        </dd>
        {application.repository === null ? null : (
          <>
            <dt>Repository</dt>
            <dd>
              <a className="link wrap-anywhere" href={application.repository.uri} rel="noreferrer nofollow">
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
          <Line
            key={`${line.question} ${line.label}`}
            label={line.label}
            text={line.text}
            evidence={besideOf(detail, line.question)}
          />
        ))}
      </dl>
    </section>
  );
}

/** Signals that the foundation wants shown beside an answer; they decide nothing. */
function besideOf({ concerns, evidence }: ReviewDetail, question: string): readonly EvidenceItem[] {
  const groups = concerns.get(question) ?? [];
  return evidence.filter((item) => item.kind === 'signal' && groups.includes(item.group));
}

function Line(props: {
  readonly label: string;
  readonly text: string;
  readonly evidence: readonly EvidenceItem[];
}) {
  const { label, text, evidence } = props;
  return (
    <>
      <dt>{label}</dt>
      <dd className="break-words whitespace-pre-wrap">
        {text === '' ? (
          <span className="text-muted">Not answered</span>
        ) : /^https:\/\/\S+$/.test(text) ? (
          <a className="link wrap-anywhere" href={text} rel="noreferrer nofollow">
            {text}
          </a>
        ) : (
          <Typed>{text}</Typed>
        )}
        <Beside evidence={evidence} />
      </dd>
    </>
  );
}

/** Signals that need a closer look, each with a link to its evidence; the others as a number. */
function Beside({ evidence }: { readonly evidence: readonly EvidenceItem[] }) {
  const [first] = evidence;
  if (first === undefined) return null;
  const closer = evidence.filter((item) => item.state === 'verified' && item.note === 'look');
  const unseen = evidence.filter((item) => item.state === 'unverified').length;
  const others = evidence.length - closer.length - unseen;
  return (
    <div className="mt-1.5 text-sm whitespace-normal">
      {closer.length === 0 ? null : (
        <>
          <p className="text-muted">Collected signals that need a closer look:</p>
          <ul className="list-disc ps-5">
            {closer.map((item) => (
              <li key={item.id}>
                <a className="link" href={`#evidence-${item.id}`}>
                  {item.title}
                </a>
                :{' '}
                <span className="break-words">
                  <Typed>{item.value}</Typed>
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      <p className="text-muted">
        <a className="link" href={`#evidence-${first.id}`}>
          {evidence.length} signal{evidence.length === 1 ? '' : 's'}
        </a>
        {closer.length === 0
          ? ', none needs a closer look'
          : others === 0
            ? ''
            : `, ${others} with nothing to see`}
        {unseen === 0 ? '' : `; ${unseen} not verified`}.
      </p>
    </div>
  );
}
