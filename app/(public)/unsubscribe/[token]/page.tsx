import type { Metadata } from 'next';
import Link from 'next/link';
import { isError } from '#core/error/index.ts';
import {
  NotificationsError,
  notificationKinds,
  readUnsubscribeLink,
} from '../../../../lib/notifications/index.ts';
import type { Context } from '../../../../lib/platform/portal/index.ts';
import { ActionForm } from '../../../_components/action-form.tsx';
import { Notice } from '../../../_components/notice.tsx';
import { pageContext } from '../../../_components/page-context.ts';
import { PageTitle } from '../../../_components/page-title.tsx';
import { unsubscribeForm } from './actions.ts';

export const metadata: Metadata = { title: 'Stop e-mail', robots: { index: false } };

/** Where the link at the end of each e-mail leads: asks for confirmation, and needs no sign-in. */
export default async function UnsubscribePage(props: {
  readonly params: Promise<{ readonly token: string }>;
}) {
  const ctx = await pageContext();
  const { token } = await props.params;
  const link = await findLink(ctx, token);
  if (link === null) {
    return (
      <div className="page *:max-w-3xl">
        <PageTitle title="Stop e-mail" />
        <Notice tone="failed" title="This link isn’t valid">
          It is not one of this portal’s e-mails, or too old. Copy the whole link from the e-mail, or{' '}
          <Link className="link" href="/messages">
            sign in and choose what you get
          </Link>
          .
        </Notice>
      </div>
    );
  }
  const { kinds, stopped } = link;
  return (
    <div className="page *:max-w-3xl">
      <PageTitle
        title="Stop e-mail"
        lead="Messages stay on the portal, where you find them once you sign in."
      />
      {stopped !== 'nothing' ? (
        <Notice
          tone="passed"
          title={
            stopped === 'all'
              ? 'This address gets no e-mail from here any more'
              : 'You get no such e-mail any more'
          }
        >
          To get it again, choose it on{' '}
          <Link className="link" href="/messages">
            Messages
          </Link>
          .
        </Notice>
      ) : null}
      <section aria-labelledby="kinds" className="mt-8">
        <h2 id="kinds" className="text-xl">
          The e-mail that this link is from
        </h2>
        <ul className="mt-3 list-disc ps-6">
          {kinds.map((kind) => (
            <li key={kind}>{notificationKinds[kind]}</li>
          ))}
        </ul>
        {stopped === 'all' ? null : (
          <ActionForm
            id="unsubscribe"
            action={unsubscribeForm}
            hidden={{ token }}
            fields={[]}
            buttons={[
              ...(stopped === 'these'
                ? []
                : [{ label: 'Stop these e-mails', pending: 'Stopping…', intent: 'these' }]),
              { label: 'Stop all e-mail', pending: 'Stopping…', intent: 'all', quiet: true },
            ]}
          />
        )}
      </section>
    </div>
  );
}

async function findLink(ctx: Context, token: string) {
  try {
    return await readUnsubscribeLink({ ctx, input: { token } });
  } catch (error) {
    if (!isError(error, NotificationsError)) throw error;
    return null;
  }
}
