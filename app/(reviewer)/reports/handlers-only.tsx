import { redirect } from 'next/navigation';
import { mayHandleReports } from '../../../lib/reports/index.ts';
import type { Context } from '../../../lib/platform/portal/index.ts';
import { Empty } from '../../_components/empty.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';

/** The context of who looks into reports; null: signed in as somebody else. The verbs decide; this is for a page that explains. */
export async function handlerContext(path: string): Promise<Context | null> {
  const ctx = await pageContext();
  const { actor } = ctx;
  if (actor.kind !== 'person' && actor.kind !== 'account')
    redirect(`/sign-in?to=${encodeURIComponent(path)}`);
  return mayHandleReports(actor) ? ctx : null;
}

export function HandlersOnly() {
  return (
    <div className="page">
      <PageTitle title="Reports" />
      <Empty title="This is for the foundation’s reviewers and policy maintainers">
        The policy in force names who they are; your account is not among them.
      </Empty>
    </div>
  );
}
