import { hostLabel } from '#core/identity/index.ts';
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { readOutbox } from '../../../lib/notifications/index.ts';
import { Empty } from '../../_components/empty.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';
import { Time } from '../../_components/time.tsx';
import { Typed, TypedText } from '../../_components/typed.tsx';

export const metadata: Metadata = { title: 'Outbox' };

/** Only with the development sign-in: what would have been sent, to whom. */
export default async function OutboxPage() {
  const messages = await readOutbox({ ctx: await pageContext() });
  if (messages === null) notFound();
  return (
    <div className="page *:max-w-3xl">
      <PageTitle
        title="Outbox"
        lead="This is a development portal: everybody’s messages are listed here. In production this page does not exist."
      />
      {messages.length === 0 ? (
        <Empty title="No messages yet" />
      ) : (
        <ul className="mt-8 grid gap-3">
          {messages.map((message) => (
            <li key={String(message.id)} className="card p-5">
              <h2 className="font-semibold">
                <Link className="link" href={message.path}>
                  <Typed>{message.subject}</Typed>
                </Link>
              </h2>
              <p className="text-sm text-muted">
                To account {message.account.id} on {hostLabel(message.account.host)}
                {message.email === null ? '' : ` (${message.email})`} · {message.state} ·{' '}
                <Time value={message.createdAt} />
              </p>
              <TypedText className="mt-2" text={message.body} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
