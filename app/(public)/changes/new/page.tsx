import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { acceptedPolicy } from '../../../../lib/platform/portal/index.ts';
import { Notice } from '../../../_components/notice.tsx';
import { answersForm } from '../../../_components/answers-form.ts';
import { pageContext } from '../../../_components/page-context.ts';
import { PageTitle } from '../../../_components/page-title.tsx';
import { EditPage } from '../_edit/edit-page.tsx';
import { editTitle } from '../_edit/title.ts';
import { SignedOutEdit } from '../_edit/signed-out-edit.tsx';
import { editAddress } from '../_view/asked-file.ts';
import type { EditQuery } from '../_view/asked-file.ts';

export async function generateMetadata(props: {
  readonly searchParams: Promise<EditQuery>;
}): Promise<Metadata> {
  return { title: await editTitle('Propose a change', await pageContext(), null, await props.searchParams) };
}

export default async function NewChangePage(props: { readonly searchParams: Promise<EditQuery> }) {
  const ctx = await pageContext();
  const query = await props.searchParams;
  if (ctx.actor.kind === 'public') {
    if (await answersForm()) return <SignedOutEdit here="/changes/new" query={query} />;
    redirect(`/sign-in?to=${encodeURIComponent(editAddress('/changes/new', query))}`);
  }
  const accepted = await acceptedPolicy(ctx);
  return (
    <div className="page">
      <PageTitle
        title="Propose a change"
        up={{ href: '/changes', name: 'Policy changes' }}
        lead="A proposal has no effect by itself: policy maintainers read what it means, and sign."
      />
      {ctx.actor.kind !== 'person' ? (
        <Notice tone="failed" title="The policy in force names nobody with your account">
          Ask a policy maintainer to add you under people/.
        </Notice>
      ) : accepted === null || ctx.policyHosts === null ? (
        <Notice tone="failed" title="No change can be proposed here now">
          {accepted === null
            ? 'The signer has not accepted a policy yet.'
            : 'This portal is not connected to a Git host; push a branch there instead.'}
        </Notice>
      ) : (
        <EditPage ctx={ctx} number={null} base={accepted.commit} here="/changes/new" query={query} />
      )}
    </div>
  );
}
