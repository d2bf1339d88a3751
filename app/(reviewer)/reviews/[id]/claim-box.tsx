import { leaseHours } from '../../../../lib/reviews/index.ts';
import type { ReviewDetail } from '../../../../lib/reviews/index.ts';
import { ActionForm } from '../../../_components/action-form.tsx';
import { Time } from '../../../_components/time.tsx';
import { claimForm } from '../actions.ts';

export function ClaimBox({ detail }: { readonly detail: ReviewDetail }) {
  const { review, mine } = detail;
  const hidden = { id: String(review.id) };
  if (mine.decided) {
    return (
      <section className="card p-5">
        <h2 className="text-lg">You have decided</h2>
        <p className="mt-1 text-muted">It closes once enough reviewers have come to the same outcome.</p>
      </section>
    );
  }
  if (review.claim !== null && !mine.claimed) {
    return (
      <section className="card p-5">
        <h2 className="text-lg">{review.claim.by} works on it</h2>
        <p className="mt-1 text-muted">
          Until <Time value={review.claim.until} />, unless it is given back before.
        </p>
      </section>
    );
  }
  return (
    <section className="card p-5" aria-labelledby="claim">
      <h2 id="claim" className="text-lg">
        {mine.claimed ? 'You work on it' : 'Claim it'}
      </h2>
      <p className="mt-1 text-muted">
        {review.claim === null ? (
          `It is yours for ${leaseHours} hours, so that nobody else does the same work.`
        ) : (
          <>
            Until <Time value={review.claim.until} />. After that it goes back to the queue by itself.
          </>
        )}
      </p>
      <ActionForm
        id="claim"
        action={claimForm}
        hidden={hidden}
        fields={[]}
        buttons={
          mine.claimed
            ? [
                { label: 'Give it back', pending: 'Working…', intent: 'release', quiet: true },
                { label: 'Extend the claim', pending: 'Working…', intent: 'claim', quiet: true },
              ]
            : [{ label: 'Claim', pending: 'Claiming…', intent: 'claim' }]
        }
      />
    </section>
  );
}
