import { redirect } from 'next/navigation';
import type { Context } from '../../../lib/platform/portal/index.ts';
import { pageContext } from '../../_components/page-context.ts';

/** The context of a reviewer; null: signed in as somebody else. The verbs decide; this is for a page that explains. */
export async function reviewerContext(path: string): Promise<Context | null> {
  const ctx = await pageContext();
  const { actor } = ctx;
  if (actor.kind !== 'person' && actor.kind !== 'account') {
    redirect(`/sign-in?to=${encodeURIComponent(path)}`);
  }
  return actor.kind === 'person' && actor.roles.foundationReviewer ? ctx : null;
}
