import { redirect } from 'next/navigation';
import { mayAudit } from '../../../lib/audit-records/index.ts';
import type { Context } from '../../../lib/platform/portal/index.ts';
import { Empty } from '../../_components/empty.tsx';
import { pageContext } from '../../_components/page-context.ts';
import { PageTitle } from '../../_components/page-title.tsx';

/** The context of who audits; null: signed in as somebody else. The verbs decide; this is for a page that explains. */
export async function auditorContext(path: string): Promise<Context | null> {
  const ctx = await pageContext();
  const { actor } = ctx;
  if (actor.kind !== 'person' && actor.kind !== 'account')
    redirect(`/sign-in?to=${encodeURIComponent(path)}`);
  return mayAudit(actor) ? ctx : null;
}

export function AuditorsOnly() {
  return (
    <div className="page">
      <PageTitle title="Audit" />
      <Empty title="This is for the foundation’s auditors and policy maintainers">
        The policy in force names who they are; your account is not among them.
      </Empty>
    </div>
  );
}
