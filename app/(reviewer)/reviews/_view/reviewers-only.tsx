import type { Context } from '../../../../lib/platform/portal/index.ts';
import { roleContext, RoleOnly } from '../../../_components/role-page.tsx';

export const reviewerContext = (path: string): Promise<Context | null> =>
  roleContext(path, (actor) => actor.kind === 'person' && actor.roles.foundationReviewer);

export function ReviewersOnly() {
  return <RoleOnly title="Reviews" who="the foundation’s reviewers" />;
}
