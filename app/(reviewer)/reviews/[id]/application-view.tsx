import { hostLabel } from '#core/identity/index.ts';
import type { EvidenceItem, ReviewDetail } from '../../../../lib/reviews/index.ts';
import { Time } from '../../../_components/time.tsx';
import { Typed } from '../../../_components/typed.tsx';

/** What was sent, in the words of the questions as they were then. */
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

/** What the foundation wants to be seen beside an answer: signals, which decide nothing. */
function besideOf({ concerns, evidence }: ReviewDetail, question: string): readonly EvidenceItem[] {
  const groups = concerns.get(question) ?? [];
  return evidence.filter((one) => one.kind === 'signal' && groups.includes(one.group));
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

/** Those to look at closer, each with the way to what it rests on; the others by number. */
function Beside({ evidence }: { readonly evidence: readonly EvidenceItem[] }) {
  const [first] = evidence;
  if (first === undefined) return null;
  const closer = evidence.filter((one) => one.state === 'verified' && one.note === 'look');
  const unseen = evidence.filter((one) => one.state === 'unverified').length;
  const others = evidence.length - closer.length - unseen;
  return (
    <div className="mt-1.5 text-sm whitespace-normal">
      {closer.length === 0 ? null : (
        <>
          <p className="text-muted">Collected, to be looked at closer:</p>
          <ul className="list-disc ps-5">
            {closer.map((one) => (
              <li key={one.id}>
                <a className="link" href={`#evidence-${one.id}`}>
                  {one.title}
                </a>
                :{' '}
                <span className="break-words">
                  <Typed>{one.value}</Typed>
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
          ? ', none to be looked at closer'
          : others === 0
            ? ''
            : `, ${others} with nothing to see`}
        {unseen === 0 ? '' : `; ${unseen} not verified`}.
      </p>
    </div>
  );
}
