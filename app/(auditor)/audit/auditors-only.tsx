import { mayAudit } from '../../../lib/audit-records/index.ts';
import { roleContext, RoleOnly } from '../../_components/role-page.tsx';

export const auditorContext = (path: string) => roleContext(path, mayAudit);

export function AuditorsOnly() {
  return <RoleOnly title="Audit" who="the foundation’s auditors and policy maintainers" />;
}
