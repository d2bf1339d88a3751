import type { Metadata } from 'next';
import Link from 'next/link';
import {
  confirmationHours,
  kindsFor,
  listNotifications,
  notificationKinds,
  readChoices,
} from '../../../lib/notifications/index.ts';
import type {
  NotificationChoices,
  NotificationKind,
  ReceivedNotification,
} from '../../../lib/notifications/index.ts';
import { ActionForm } from '../../_components/action-form.tsx';
import { Empty } from '../../_components/empty.tsx';
import { Notice } from '../../_components/notice.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';
import { Time } from '../../_components/time.tsx';
import { requireSignIn } from '../apply/find-application.ts';
import { askAgainForm, choicesForm } from './actions.ts';
import { Typed, TypedText } from '../../_components/typed.tsx';

export const metadata: Metadata = { title: 'Messages' };

const deliveryWords = [
  ['at-once', 'At once'],
  ['digest', 'Once a day, together'],
  ['never', 'Not by e-mail'],
] as const;

/** A person's messages: always on this page, and by e-mail as they choose. */
export default async function MessagesPage(props: {
  readonly searchParams: Promise<{ readonly before?: string | string[]; readonly done?: string | string[] }>;
}) {
  await requireSignIn('/messages');
  const ctx = await pageContext();
  const { before, done } = await props.searchParams;
  const [{ items, next }, choices] = await Promise.all([
    listNotifications({
      ctx,
      input: { before: typeof before === 'string' && /^\d{1,18}$/.test(before) ? BigInt(before) : null },
    }),
    readChoices({ ctx }),
  ]);
  return (
    <div className="page">
      <PageTitle title="Messages" lead="Everything the portal has told you. Only you see it." />
      {done === 'saved' ? <Notice tone="passed" title="Your choices are saved" /> : null}
      {done === 'asked' ? <Notice tone="passed" title="Another e-mail is on its way to you" /> : null}
      <div className="mt-8 grid items-start gap-x-12 gap-y-12 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <section aria-labelledby="received" className="min-w-0">
          <h2 id="received" className="sr-only">
            Received
          </h2>
          {items.length === 0 ? (
            <Empty title="No messages">News about your applications and projects appears here.</Empty>
          ) : (
            <ul className="grid gap-3">
              {items.map((item) => (
                <li key={String(item.id)} className="card p-5">
                  <Message message={item} />
                </li>
              ))}
            </ul>
          )}
          {next === null ? null : (
            <p className="mt-6">
              <Link className="button button-quiet" href={`/messages?before=${next}`} rel="next">
                Older messages
              </Link>
            </p>
          )}
        </section>
        <Choices choices={choices} kinds={kindsFor(ctx.actor)} mail={ctx.config.mail !== undefined} />
      </div>
    </div>
  );
}

const stateWords: Readonly<Record<string, string>> = {
  waiting: 'not sent yet',
  sent: 'sent by e-mail',
  kept: 'only here',
  failed: 'the e-mail could not be delivered',
};

function Message({ message }: { readonly message: ReceivedNotification }) {
  return (
    <>
      <h3 className="font-semibold">
        <Link className="link" href={message.path}>
          <Typed>{message.subject}</Typed>
        </Link>
      </h3>
      <p className="text-sm text-muted">
        <Time value={message.createdAt} /> · {stateWords[message.state] ?? message.state}
      </p>
      <TypedText className="mt-2 max-w-prose" text={message.body} />
    </>
  );
}

function Choices(props: {
  readonly choices: NotificationChoices;
  readonly kinds: readonly NotificationKind[];
  readonly mail: boolean;
}) {
  const { choices, kinds, mail } = props;
  return (
    <section aria-labelledby="choices" className="card p-6">
      <h2 id="choices" className="text-lg">
        By e-mail
      </h2>
      <p className="mt-1 text-sm text-muted">
        {mail
          ? 'Choose what you get, and how often.'
          : 'This portal sends no e-mail now: messages are kept here, and your choices count once it does.'}
      </p>
      <AddressState choices={choices} mail={mail} />
      <ActionForm
        id="choice"
        action={choicesForm}
        hidden={{}}
        fields={[
          {
            kind: 'text',
            name: 'email',
            label: 'E-mail address',
            hint: 'Empty: no e-mail at all. A new address has to be confirmed first.',
            value: choices.email ?? '',
          },
          ...kinds.map((kind) => ({
            kind: 'select' as const,
            name: kind,
            label: notificationKinds[kind],
            required: true,
            value: choices.choices[kind],
            options: deliveryWords,
          })),
        ]}
        buttons={[{ label: 'Save', pending: 'Saving…', intent: 'save', quiet: true }]}
      />
    </section>
  );
}

/** Whether e-mail is sent, and what the person has to do first. */
function AddressState({ choices, mail }: { readonly choices: NotificationChoices; readonly mail: boolean }) {
  if (!mail || choices.email === null) return null;
  if (choices.isConfirmed) {
    return (
      <p className="mt-3 text-sm">
        <span className="break-all">{choices.email}</span> is confirmed: e-mail goes there.
      </p>
    );
  }
  return (
    <>
      <Notice tone="waiting" title="Your address isn’t confirmed yet">
        No messages are sent to <span className="break-all">{choices.email}</span> until you follow the link
        in the e-mail that was sent there. It is valid for {confirmationHours} hours. Until then they are kept
        here.
      </Notice>
      <ActionForm
        id="ask-again"
        action={askAgainForm}
        hidden={{}}
        fields={[]}
        buttons={[{ label: 'Send that e-mail again', pending: 'Sending…', intent: 'ask', quiet: true }]}
      />
    </>
  );
}
