import { redirect } from 'next/navigation';
import type { Context } from '../../lib/platform/portal/index.ts';
import { Empty } from './empty.tsx';
import { pageContext } from './page-context.ts';
import { PageTitle } from './page-title.tsx';

/**
 * The context of somebody with a role; null: signed in as somebody else. Nobody signed in: redirects to sign in and back to `path`.
 * The verbs decide who may do what; this is for a page that explains.
 */
export async function roleContext(
  path: string,
  has: (actor: Context['actor']) => boolean,
): Promise<Context | null> {
  const ctx = await pageContext();
  const { actor } = ctx;
  if (actor.kind !== 'person' && actor.kind !== 'account')
    redirect(`/sign-in?to=${encodeURIComponent(path)}`);
  return has(actor) ? ctx : null;
}

/** `who`: whom the page is for, as in “the foundation’s reviewers”. */
export function RoleOnly({ title, who }: { readonly title: string; readonly who: string }) {
  return (
    <div className="page">
      <PageTitle title={title} />
      <Empty title={`This is for ${who}`}>
        The policy in force names who they are; your account is not among them.
      </Empty>
    </div>
  );
}
