import type { ApplicationEvent } from '../../../../lib/applications/index.ts';
import type { ReviewDetail } from '../../../../lib/reviews/index.ts';
import { ActionForm } from '../../../_components/action-form.tsx';
import { Time } from '../../../_components/time.tsx';
import { talkForm } from '../actions.ts';
import { Typed, TypedText } from '../../../_components/typed.tsx';

/** Notes among reviewers, and what the applicant sees: distinguished by colour, border and label. */
export function Talk({ detail }: { readonly detail: ReviewDetail }) {
  const { review, disqualification, mine, events } = detail;
  const id = String(review.id);
  const writes = disqualification === null;
  return (
    <section aria-labelledby="talk">
      <h2 id="talk" className="text-2xl">
        History
      </h2>
      <ol className="mt-4 grid gap-3">
        {events.map((event) => (
          <li
            key={String(event.id)}
            className={
              event.audience === 'reviewers'
                ? 'rounded-xl border-s-4 border-seal bg-sunken p-4'
                : event.body === ''
                  ? 'px-4 text-muted'
                  : 'card p-4'
            }
          >
            <p className="text-sm">
              <strong className="font-semibold">
                <Typed>{writerOf(event)}</Typed>
              </strong>{' '}
              · {event.kind.replaceAll('-', ' ')} · <Time value={event.at} />
              {event.audience === 'reviewers' ? (
                <span className="font-medium text-ink"> · reviewers only</span>
              ) : null}
            </p>
            {event.body === '' ? null : <TypedText className="mt-1.5 max-w-prose" text={event.body} />}
          </li>
        ))}
      </ol>
      {writes ? (
        <div className="mt-6 grid gap-6">
          <div className="rounded-xl border-s-4 border-seal bg-sunken p-5">
            <h3 className="text-lg">Note for reviewers</h3>
            <p className="text-sm text-muted">The applicant never sees it.</p>
            <ActionForm
              id="note"
              action={talkForm}
              hidden={{ id }}
              fields={[
                {
                  kind: 'textarea',
                  name: 'body',
                  label: 'Note',
                  required: true,
                  rows: 3,
                  charactersMax: 4_000,
                },
              ]}
              buttons={[{ label: 'Add the note', pending: 'Adding…', intent: 'note', quiet: true }]}
            />
          </div>
          <div className="card p-5">
            <h3 className="text-lg">To the applicant</h3>
            <p className="text-sm text-muted">
              Sent as “The reviewers”.
              {mine.claimed && review.state === 'claimed'
                ? ' A question pauses the deadline until it is answered.'
                : ''}
            </p>
            <ActionForm
              id="message"
              action={talkForm}
              hidden={{ id }}
              fields={[
                {
                  kind: 'textarea',
                  name: 'body',
                  label: 'Message',
                  required: true,
                  rows: 3,
                  charactersMax: 4_000,
                },
              ]}
              buttons={[
                ...(mine.claimed && review.state === 'claimed' && review.kind !== 'again'
                  ? [{ label: 'Ask, and wait for the answer', pending: 'Sending…', intent: 'question' }]
                  : []),
                { label: 'Send as a message', pending: 'Sending…', intent: 'message', quiet: true },
              ]}
            />
          </div>
        </div>
      ) : null}
    </section>
  );
}

/** Reviewers know who wrote in the reviewers' name. */
function writerOf(event: ApplicationEvent): string {
  return event.actor.startsWith('person:') ? event.actor.slice('person:'.length) : event.actorName;
}
