import type { RecordedDecision, ReviewDetail } from '../../../../lib/reviews/index.ts';
import { formatDate } from '../../../_components/format.ts';
import { Time } from '../../../_components/time.tsx';
import { Typed, TypedText } from '../../../_components/typed.tsx';

export function MadeDecisions({ detail }: { readonly detail: ReviewDetail }) {
  const { decisions, decisionsHidden, recusals, review } = detail;
  if (decisions.length === 0 && decisionsHidden === 0 && recusals.length === 0) return null;
  return (
    <section aria-labelledby="decisions">
      <h2 id="decisions" className="text-2xl">
        Decisions
      </h2>
      {decisionsHidden === 0 ? null : (
        <p className="mt-2 text-muted">
          Another reviewer has decided. You see what once you have decided yourself.
        </p>
      )}
      {decisions.map((decision) => (
        <Decision
          key={`${decision.reviewId} ${decision.reviewer}`}
          decision={decision}
          detail={detail}
          current={decision.reviewId === review.id}
        />
      ))}
      {recusals.length === 0 ? null : (
        <p className="mt-3 text-sm text-muted">
          Recused:{' '}
          {recusals.map((recusal, index) => (
            <span key={recusal.reviewer}>
              {index === 0 ? '' : '; '}
              {recusal.reviewer} (<Typed>{recusal.reason}</Typed>)
            </span>
          ))}
        </p>
      )}
    </section>
  );
}

function Decision(props: {
  readonly decision: RecordedDecision;
  readonly detail: ReviewDetail;
  readonly current: boolean;
}) {
  const { decision, detail, current } = props;
  const titles = new Map(detail.criteria.map((criterion) => [criterion.id, criterion.title]));
  return (
    <article className="card mt-4 p-5">
      <p>
        <strong className="font-semibold">{decision.reviewer}</strong>: {decision.outcome}
        {current ? '' : ' in an earlier round'}{' '}
        <span className="text-sm text-muted">
          <Time value={decision.at} />
        </span>
      </p>
      <TypedText className="mt-2" text={decision.reasons} />
      <ul className="mt-3 grid gap-1 text-sm">
        {decision.criteria.map((judgement) => (
          <li key={judgement.id}>
            {titles.get(judgement.id) ?? judgement.id}:{' '}
            <span className="font-medium">{judgement.verdict.replace('-', ' ')}</span>
            {judgement.comment === '' ? null : (
              <>
                {' '}
                – <Typed>{judgement.comment}</Typed>
              </>
            )}
            <span className="text-muted"> ({judgement.evidence.length} cited)</span>
          </li>
        ))}
      </ul>
      {decision.conditions === '' ? null : (
        <p className="mt-3 text-sm">
          Before applying again: <Typed>{decision.conditions}</Typed>
          {decision.reapplyFrom === null ? '' : ` Not before ${formatDate(decision.reapplyFrom)}.`}
        </p>
      )}
    </article>
  );
}
