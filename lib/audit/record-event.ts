import { actorName } from '../platform/auth/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';

export type AuditAction =
  | 'request.submitted'
  | 'request.failure-told'
  | 'approval.submitted'
  | 'emergency-stop.stop'
  | 'emergency-stop.lift'
  | 'api-token.created'
  | 'api-token.revoked'
  | 'policy-change.proposed'
  | 'policy-change.confirmation-asked'
  | 'policy-change.amended'
  | 'policy-change.signed'
  | 'policy-change.reviewed'
  | 'policy-change.merged'
  | 'policy-change.updated'
  | 'policy-change.closed'
  | 'policy.age-told'
  | 'application.started'
  | 'application.submitted'
  | 'application.withdrawn'
  | 'application.appealed'
  | 'application.replied'
  | 'review.claimed'
  | 'review.released'
  | 'review.asked'
  | 'review.noted'
  | 'review.recused'
  | 'review.decided'
  | 'onboarding.proposed-again'
  | 'review.opened-again'
  | 'evidence.attested'
  | 'onboarding.attested'
  | 'certificate.told'
  | 'revocation.proposed'
  | 'revocation.told'
  | 'report.received'
  | 'report.acknowledged'
  | 'report.closed';

/** Writes who did what, in the transaction of the deed: there is no deed without its record. */
export async function recordEvent(
  transaction: Transaction,
  ctx: Pick<Context, 'actor' | 'now'>,
  event: {
    readonly action: AuditAction;
    readonly subject: string;
    readonly detail: Readonly<Record<string, string | number | null>>;
  },
): Promise<void> {
  await transaction.auditEvent.create({
    data: {
      at: ctx.now(),
      actor: actorName(ctx.actor),
      action: event.action,
      subject: event.subject,
      detail: event.detail,
    },
  });
}
