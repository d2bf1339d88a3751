import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound, redirect } from 'next/navigation';
import { parseProjectSlug } from '#core/ids/index.ts';
import { isOnTeam } from '../../../../../lib/platform/auth/index.ts';
import { readRevocation } from '../../../../../lib/revocations/index.ts';
import { ActionForm } from '../../../../_components/action-form.tsx';
import { pageContext } from '../../../../_components/page-context.ts';
import { PageTitle } from '../../../../_components/page-title.tsx';
import { reportForm } from '../../../report/actions.ts';

export const metadata: Metadata = { title: 'Appeal against a revocation' };

export default async function AppealPage(props: { readonly params: Promise<{ readonly serial: string }> }) {
  const { serial } = await props.params;
  const ctx = await pageContext();
  const notice = await readRevocation({ ctx, input: { serial } });
  if (notice === null) notFound();
  if (ctx.actor.kind === 'public')
    redirect(`/sign-in?to=${encodeURIComponent(`/revocations/${serial}/appeal`)}`);
  const up = { href: `/revocations/${serial}`, name: 'The revocation' };
  if (!isOnTeam(ctx.actor, parseProjectSlug(notice.project))) {
    return (
      <div className="page *:max-w-3xl">
        <PageTitle
          title={`Only the people of ${notice.projectName} appeal`}
          up={up}
          lead={
            <>
              You are not on its team. If you know something about this revocation,{' '}
              <Link className="link" href="/report">
                report it
              </Link>
              .
            </>
          }
        />
      </div>
    );
  }
  return (
    <div className="page *:max-w-3xl">
      <PageTitle
        title={`Appeal: the certificate “${notice.certificate}” of ${notice.projectName}`}
        up={up}
        lead="Somebody who did not propose the revocation looks into it and answers within 14 days."
      />
      <p className="mt-6">
        {notice.publisher === 'project'
          ? 'The foundation doesn’t sign with this certificate again: that can’t be undone. Whether it is revoked is for the authority that issued it to say. Where your appeal is granted, the project may bring a new certificate of its own, or have one of the foundation’s, with a new key, and the notice says why.'
          : 'The certificate stays revoked: that can’t be undone. Where your appeal is granted, the project may have certificates again, with a new key, and the notice says why.'}
      </p>
      <ActionForm
        id="appeal"
        action={reportForm}
        hidden={{ kind: 'appeal', project: notice.project, serial, fileSha256: '', contact: '' }}
        fields={[
          {
            kind: 'textarea',
            name: 'description',
            label: 'Why the project should be trusted',
            rows: 8,
            required: true,
            charactersMax: 10_000,
            hint: 'What happened, what you changed since, what the foundation did not know.',
          },
          {
            kind: 'textarea',
            name: 'links',
            label: 'Links to evidence',
            rows: 3,
            hint: 'Each on a line of its own.',
            charactersMax: 10_000,
          },
        ]}
        buttons={[{ label: 'Send appeal', pending: 'Sending…', intent: 'report' }]}
      />
    </div>
  );
}
