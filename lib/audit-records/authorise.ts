import type { Context } from '../platform/portal/index.ts';
import { AuditRecordsError } from './error.ts';

/** Auditors, and policy maintainers, who are responsible for what the policy allows. Neither reads private texts here. */
export function mayAudit(actor: Context['actor']): boolean {
  return actor.kind === 'person' && (actor.roles.auditor || actor.roles.policyMaintainer);
}

export function requireAuditor({ actor }: Pick<Context, 'actor'>): void {
  if (mayAudit(actor)) return;
  throw new AuditRecordsError({
    code: 'NOT_ALLOWED',
    message: 'Audit records are read by the foundation’s auditors and policy maintainers only.',
    fix: 'Sign in as one; people/ and trust/root.yaml in the policy repository say who they are.',
  });
}
