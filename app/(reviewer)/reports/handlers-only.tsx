import { mayHandleReports } from '../../../lib/reports/index.ts';
import { roleContext, RoleOnly } from '../../_components/role-page.tsx';

export const handlerContext = (path: string) => roleContext(path, mayHandleReports);

export function HandlersOnly() {
  return <RoleOnly title="Reports" who="the foundation’s reviewers and policy maintainers" />;
}
