import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { Notice } from '../../../../_components/notice.tsx';
import { answersForm } from '../../../../_components/answers-form.ts';
import { pageContext } from '../../../../_components/page-context.ts';
import { PageTitle } from '../../../../_components/page-title.tsx';
import { EditPage } from '../../_edit/edit-page.tsx';
import { editTitle } from '../../_edit/title.ts';
import { SignedOutEdit } from '../../_edit/signed-out-edit.tsx';
import { editAddress } from '../../_view/asked-file.ts';
import type { EditQuery } from '../../_view/asked-file.ts';
import { findChange } from '../find-change.ts';

export async function generateMetadata(props: {
  readonly params: Promise<{ readonly number: string }>;
  readonly searchParams: Promise<EditQuery>;
}): Promise<Metadata> {
  const [{ number }, query] = await Promise.all([props.params, props.searchParams]);
  return { title: await editTitle('Add to a change', await pageContext(), Number(number), query) };
}

export default async function EditChangePage(props: {
  readonly params: Promise<{ readonly number: string }>;
  readonly searchParams: Promise<EditQuery>;
}) {
  const ctx = await pageContext();
  const [{ number }, query] = await Promise.all([props.params, props.searchParams]);
  if (ctx.actor.kind === 'public') {
    const here = `/changes/${encodeURIComponent(number)}/edit`;
    if (await answersForm()) return <SignedOutEdit here={here} query={query} />;
    redirect(`/sign-in?to=${encodeURIComponent(editAddress(here, query))}`);
  }
  const change = await findChange(number);
  if (change === null) notFound();
  const { pull } = change;
  return (
    <div className="page">
      <PageTitle
        title="Add to a change"
        up={{ href: `/changes/${pull.number}`, name: `#${pull.number} ${pull.title}` }}
        lead="What was signed is the change as it was: with another commit it has to be signed again."
      />
      {pull.state !== 'open' || ctx.actor.kind !== 'person' ? (
        <Notice tone="failed" title={`This change is ${pull.state}`}>
          Propose a new one.
        </Notice>
      ) : (
        <EditPage
          ctx={ctx}
          number={pull.number}
          base={pull.head.commit}
          here={`/changes/${pull.number}/edit`}
          query={query}
        />
      )}
    </div>
  );
}
