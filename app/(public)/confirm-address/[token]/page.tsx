import { hostLabel } from '#core/identity/index.ts';
import type { Metadata } from 'next';
import Link from 'next/link';
import { isError } from '#core/error/index.ts';
import { NotificationsError, readConfirmationLink } from '../../../../lib/notifications/index.ts';
import { ActionForm } from '../../../_components/action-form.tsx';
import { Notice } from '../../../_components/notice.tsx';
import { pageContext } from '../../../_components/page-context.ts';
import { PageTitle } from '../../../_components/page-title.tsx';
import { confirmAddressForm } from './actions.ts';

export const metadata: Metadata = {
  title: 'Confirm an e-mail address',
  robots: { index: false },
};

/** Where the link of a confirmation e-mail leads. Opening the page confirms nothing. */
export default async function ConfirmAddressPage(props: {
  readonly params: Promise<{ readonly token: string }>;
}) {
  const { token } = await props.params;
  const ctx = await pageContext();
  const link = await readConfirmationLink({ ctx, input: { token } }).catch((error: unknown) => {
    if (isError(error, NotificationsError)) return error;
    throw error;
  });
  return (
    <div className="page *:max-w-3xl">
      <PageTitle title="Confirm an e-mail address" />
      {'message' in link ? (
        <Notice tone="failed" title={link.message}>
          Copy the whole link from the newest e-mail, or{' '}
          <Link className="link" href="/messages">
            sign in and have another one sent
          </Link>
          .
        </Notice>
      ) : link.state === 'done' ? (
        <Notice tone="passed" title="The address is confirmed">
          Messages go to <span className="break-all">{link.email}</span>. Each has a link that stops them;{' '}
          <Link className="link" href="/messages">
            Messages
          </Link>{' '}
          is where its owner chooses which.
        </Notice>
      ) : (
        <>
          <p className="mt-6">
            Account {link.account.id} on {hostLabel(link.account.host)} wants this portal’s messages sent to{' '}
            <span className="break-all">{link.email}</span>. If you don’t know about this, close the page:
            then nothing is sent.
          </p>
          <ActionForm
            id="confirm-address"
            action={confirmAddressForm}
            hidden={{ token }}
            fields={[]}
            buttons={[{ label: 'Yes, send them here', pending: 'Confirming…', intent: 'confirm' }]}
          />
        </>
      )}
    </div>
  );
}
