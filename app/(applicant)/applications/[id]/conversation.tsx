import type { Application, ApplicationEvent } from '../../../../lib/applications/index.ts';
import { ActionForm } from '../../../_components/action-form.tsx';
import { Time } from '../../../_components/time.tsx';
import { replyForm } from '../actions.ts';
import { Typed, TypedText } from '../../../_components/typed.tsx';

const words: Readonly<Partial<Record<ApplicationEvent['kind'], string>>> = {
  started: 'began the application',
  submitted: 'sent it',
  claimed: 'began the review',
  released: 'put it back into the queue',
  message: 'wrote',
  'information-requested': 'asked',
  replied: 'answered',
  accepted: 'accepted it',
  rejected: 'rejected it',
  withdrawn: 'withdrew it',
  appealed: 'appealed',
  'change-proposed': 'proposed the project’s policy',
  'proposal-renewed': 'had the policy proposed again',
  'pause-proposed': 'proposed to pause the project',
};

/** Everything that happened, in order, and where to write. */
export function Conversation(props: {
  readonly events: readonly ApplicationEvent[];
  readonly application: Application;
  readonly open: boolean;
}) {
  const { events, application, open } = props;
  const asked = application.status === 'information-requested';
  return (
    <section aria-labelledby="conversation">
      <h2 id="conversation" className="text-2xl">
        What happened
      </h2>
      <ol className="mt-4 grid gap-3">
        {events.map((event) => (
          <li key={String(event.id)} className={event.body === '' ? 'px-5 text-muted' : 'card p-5'}>
            <p>
              <strong className="font-semibold">
                <Typed>{event.actorName}</Typed>
              </strong>{' '}
              {words[event.kind] ?? event.kind}{' '}
              <span className="text-sm text-muted">
                <Time value={event.at} />
              </span>
            </p>
            {event.body === '' ? null : <TypedText className="mt-2 max-w-prose" text={event.body} />}
          </li>
        ))}
      </ol>
      {open ? (
        <ActionForm
          id="reply"
          action={replyForm}
          hidden={{ id: String(application.id) }}
          fields={[
            {
              kind: 'textarea',
              name: 'body',
              label: asked ? 'Your answer' : 'A message to the reviewers',
              ...(asked
                ? { hint: 'You can change answers below first; your message will list the changes.' }
                : {}),
              required: true,
              charactersMax: 4_000,
            },
          ]}
          buttons={[
            {
              label: asked ? 'Send the answer' : 'Send',
              pending: 'Sending…',
              intent: 'reply',
              quiet: !asked,
            },
          ]}
        />
      ) : null}
    </section>
  );
}
