import type { ChangeDetail } from '../../../../lib/policy-changes/index.ts';
import type { Context } from '../../../../lib/platform/portal/index.ts';
import { ActionForm } from '../../../_components/action-form.tsx';
import type { ActionFormButton } from '../../../_components/action-form.tsx';
import { Empty } from '../../../_components/empty.tsx';
import { Time } from '../../../_components/time.tsx';
import { reviewForm } from './actions.ts';
import { Typed, TypedText } from '../../../_components/typed.tsx';

const words = {
  approved: 'signed it',
  changes_requested: 'objects',
  commented: 'says',
  dismissed: 'withdrew an earlier objection',
} as const;

/** Comments and objections, oldest first, and a form to add one. */
export function Conversation({ ctx, change }: { readonly ctx: Context; readonly change: ChangeDetail }) {
  const { actor } = ctx;
  const { pull, reviews } = change;
  const maintainer = actor.kind === 'person' && actor.roles.policyMaintainer;
  return (
    <section aria-labelledby="conversation">
      <h2 id="conversation" className="text-2xl">
        Conversation
      </h2>
      {reviews.length === 0 ? (
        <Empty title="No comments yet" />
      ) : (
        <ol className="mt-4 grid gap-3">
          {reviews.map((review) => (
            <li key={`${review.name} ${review.at.toISOString()}`} className="card p-5">
              <p>
                <strong className="font-semibold">
                  <Typed>{review.name}</Typed>
                </strong>{' '}
                {words[review.state]}
                {review.outdated ? ' on an earlier version: no longer counts' : ''}{' '}
                <span className="text-sm text-muted">
                  <Time value={review.at} />
                </span>
              </p>
              {review.body === null || review.body === '' ? null : (
                <TypedText className="mt-2 max-w-prose" text={review.body} />
              )}
            </li>
          ))}
        </ol>
      )}
      {actor.kind === 'person' && pull.state === 'open' && change.hostKind === 'local' ? (
        <ActionForm
          id="review"
          action={reviewForm}
          hidden={{ number: String(pull.number), head: pull.head.commit }}
          fields={[
            {
              kind: 'textarea',
              name: 'body',
              label: 'What you think',
              hint: maintainer
                ? 'An objection blocks the merge until you withdraw it or sign.'
                : 'Everybody can read it.',
              charactersMax: 10_000,
            },
          ]}
          buttons={buttonsOf(
            maintainer,
            reviews.some((review) => review.name === actor.name && review.state === 'changes_requested'),
          )}
        />
      ) : null}
    </section>
  );
}

function buttonsOf(maintainer: boolean, objected: boolean): readonly ActionFormButton[] {
  return [
    { label: 'Comment', pending: 'Sending…', intent: 'commented', quiet: maintainer },
    ...(maintainer
      ? [{ label: 'Object', pending: 'Sending…', intent: 'changes_requested', quiet: true }]
      : []),
    ...(objected
      ? [{ label: 'Withdraw my objection', pending: 'Sending…', intent: 'withdrawn', quiet: true }]
      : []),
  ];
}
