/**
 * Every action of the portal's audit trail, and what of it is exported: an allow list, so that anything not listed is
 * withheld. Names, numbers, digests and outcomes are exported; texts that people wrote are not (docs/decisions/0041).
 */
interface AuditedAction {
  /** Members of the event's detail that are shown to auditors and exported. */
  readonly fields: readonly string[];
  /** The action is a decision, or part of one. */
  readonly decision?: true;
  /** The actor wrote in confidence and is shown as `reporter`. */
  readonly confidential?: true;
}

const notified = { fields: ['key', 'told'] } as const;
const decision = { fields: [], decision: true } as const;
const withoutFields = { fields: [] } as const;

const auditActions = {
  'request.submitted': {
    fields: ['projectSlug', 'policySlug', 'artifactSha256', 'bundleSha256', 'artifactName'],
  },
  'request.cancelled': { fields: ['reason', 'supersededBy'] },
  'request.failure-told': notified,
  'request.file-removed': { fields: ['file', 'sha256', 'rule', 'days'] },
  'approval.submitted': { fields: ['approvalId'], decision: true },
  'emergency-stop.stop': { fields: ['id', 'signedBy'], decision: true },
  'emergency-stop.lift': { fields: ['id', 'signedBy'], decision: true },
  'api-token.created': { fields: ['tokenId', 'policies', 'expiresAt', 'by'] },
  'api-token.revoked': { fields: ['tokenId', 'by'] },
  'webhook.created': { fields: ['webhookId', 'format', 'events'] },
  'webhook.rotated': { fields: ['webhookId'] },
  'webhook.disabled': { fields: ['webhookId'] },
  'webhook.enabled': { fields: ['webhookId'] },
  'webhook.removed': { fields: ['webhookId'] },
  'webhook.tested': { fields: ['webhookId'] },
  'webhook.repeated': { fields: ['webhookId'] },
  'policy-change.proposed': { fields: ['branch', 'commit', 'projects'] },
  'policy-change.confirmation-asked': { fields: ['commit'] },
  'policy-change.amended': { fields: ['files', 'projects'] },
  'policy-change.signed': { fields: ['commit', 'key'], decision: true },
  'policy-change.reviewed': { fields: ['state'], decision: true },
  'policy-change.merged': { fields: ['commit'], decision: true },
  'policy-change.updated': withoutFields,
  'policy-change.closed': decision,
  'policy.age-told': notified,
  'application.started': withoutFields,
  'application.submitted': { fields: ['repositoryId'] },
  'application.withdrawn': decision,
  'application.appealed': withoutFields,
  'application.replied': withoutFields,
  'review.claimed': withoutFields,
  'review.released': withoutFields,
  'review.asked': { fields: ['kind'] },
  'review.noted': { fields: ['kind'] },
  'review.recused': decision,
  'review.decided': { fields: ['outcome'], decision: true },
  'review.opened-again': { fields: ['review'] },
  'onboarding.proposed-again': { fields: ['closed'] },
  'onboarding.attested': { fields: ['name'] },
  'evidence.attested': { fields: ['kind'] },
  'certificate.told': notified,
  'revocation.proposed': { fields: ['change'], decision: true },
  'revocation.told': notified,
  'report.received': { fields: ['kind'], confidential: true },
  'report.acknowledged': withoutFields,
  'report.closed': { fields: ['outcome', 'late', 'change'], decision: true },
  'audit.export-asked': { fields: ['from', 'to'] },
  'audit.export-read': { fields: ['file'] },
} as const satisfies Readonly<Record<string, AuditedAction>>;

export type AuditAction = keyof typeof auditActions;

export const auditActionNames = Object.keys(auditActions) as readonly AuditAction[];
export const decisionActionNames: readonly AuditAction[] = auditActionNames.filter(
  (name) => (auditActions[name] as AuditedAction).decision === true,
);

export const confidentialActionNames: readonly AuditAction[] = auditActionNames.filter(
  (name) => (auditActions[name] as AuditedAction).confidential === true,
);

/** Longer values are truncated, which bounds the size of rows. In characters. */
const valueCharactersMax = 2_000;
/** Replaces an actor who wrote in confidence. */
export const hiddenActor = 'reporter';

/**
 * The visible part of an event: for unlisted actions neither actor nor detail. `detail` is JSON of any shape, as the database
 * has it.
 */
export function visiblePart(event: {
  readonly action: string;
  readonly actor: string;
  readonly detail: unknown;
}): {
  readonly actor: string | null;
  readonly detail: Readonly<Record<string, string | number | null>>;
} {
  const rule: AuditedAction | null = isAuditAction(event.action) ? auditActions[event.action] : null;
  if (rule === null) return { actor: null, detail: {} };
  const actor = rule.confidential === true ? hiddenActor : event.actor;
  const { detail } = event;
  if (typeof detail !== 'object' || detail === null) return { actor, detail: {} };
  const shown = rule.fields.flatMap((name): readonly (readonly [string, string | number | null])[] => {
    const value: unknown = Object.hasOwn(detail, name)
      ? (detail as Record<string, unknown>)[name]
      : undefined;
    if (typeof value === 'string') return [[name, value.slice(0, valueCharactersMax).toWellFormed()]];
    if (value === null || (typeof value === 'number' && Number.isFinite(value))) return [[name, value]];
    return [];
  });
  return { actor, detail: Object.fromEntries(shown) };
}

export function isAuditAction(name: string): name is AuditAction {
  return Object.hasOwn(auditActions, name);
}
