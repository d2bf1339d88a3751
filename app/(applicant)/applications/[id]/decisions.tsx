import type { PublishedDecision } from '../../../../lib/reviews/index.ts';
import { formatDate } from '../../../_components/format.ts';
import { StateIcon } from '../../../_components/state-icon.tsx';
import { Time } from '../../../_components/time.tsx';
import { TypedText } from '../../../_components/typed.tsx';

const verdictWords = { met: 'met', 'not-met': 'not met', 'not-applicable': 'doesn’t apply' } as const;
const verdictStates = { met: 'passed', 'not-met': 'failed', 'not-applicable': 'not-reached' } as const;
const verdictTones = { met: 'text-pass', 'not-met': 'text-fail', 'not-applicable': 'text-muted' } as const;

/** The decision with its reasons: which criterion is met and which isn't, on what evidence, and what to change. */
export function Decisions({ decisions }: { readonly decisions: readonly PublishedDecision[] }) {
  return (
    <section aria-labelledby="decision">
      <h2 id="decision" className="text-2xl">
        Decision
      </h2>
      {decisions.map((decision) => (
        <article key={decision.at.toISOString()} className="card mt-4 p-6">
          <h3 className="text-lg">
            {decision.outcome === 'accepted' ? 'Accepted' : 'Rejected'}
            {decision.kind === 'appeal'
              ? ' on appeal'
              : decision.kind === 'again'
                ? ' on another review'
                : ''}
          </h3>
          <p className="text-sm text-muted">
            <Time value={decision.at} />
          </p>
          {decision.opinions.map((opinion, index) => (
            <div
              key={index}
              className="mt-5 border-t border-rule pt-5 first-of-type:border-0 first-of-type:pt-0"
            >
              {decision.opinions.length > 1 ? <h4 className="font-semibold">Reviewer {index + 1}</h4> : null}
              <TypedText className="mt-1 max-w-prose" text={opinion.reasons} />
              <ul className="mt-4 grid gap-3">
                {opinion.criteria.map((criterion) => (
                  <li key={criterion.title} className="flex gap-2.5">
                    <span className={`mt-0.5 shrink-0 ${verdictTones[criterion.verdict]}`}>
                      <StateIcon state={verdictStates[criterion.verdict]} size={18} />
                    </span>
                    <span className="min-w-0">
                      <span className="font-medium">{criterion.title}</span>:{' '}
                      {verdictWords[criterion.verdict]}
                      {criterion.comment === '' ? null : (
                        <span dir="auto" className="block">
                          {criterion.comment}
                        </span>
                      )}
                      {criterion.evidence.length === 0 ? null : (
                        <span className="block text-sm break-words text-muted">
                          Rests on: {criterion.evidence.join('; ')}
                        </span>
                      )}
                    </span>
                  </li>
                ))}
              </ul>
              {opinion.conditions === '' ? null : (
                <div className="mt-4 rounded-lg bg-sunken p-4">
                  <p className="font-semibold">Before applying again</p>
                  <p className="mt-1 break-words whitespace-pre-wrap">{opinion.conditions}</p>
                  {opinion.reapplyFrom === null ? null : (
                    <p className="mt-1 text-muted">Not before {formatDate(opinion.reapplyFrom)}.</p>
                  )}
                </div>
              )}
            </div>
          ))}
        </article>
      ))}
    </section>
  );
}
