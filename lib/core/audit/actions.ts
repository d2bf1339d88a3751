/**
 * Every action of the portal's audit trail, and what of it leaves the portal: an allow list, so that what is not named here stays
 * inside. Names, numbers, digests and outcomes are exported; texts that people wrote are not (docs/decisions/0041).
 */
interface AuditedAction {
  /** Members of the event's detail that are shown to auditors and exported. */
  readonly fields: readonly string[];
  /** Somebody decided something, or took part in a decision. */
  readonly decision?: true;
  /** Who did it wrote in confidence: the actor is shown as `reporter`. */
  readonly confidential?: true;
}

const told = { fields: ['key', 'told'] } as const;
const decided = { fields: [], decision: true } as const;
const deed = { fields: [] } as const;

const auditActions = {
  'request.submitted': {
    fields: ['projectSlug', 'policySlug', 'artifactSha256', 'bundleSha256', 'artifactName'],
  },
  'request.failure-told': told,
  'approval.submitted': { fields: ['approvalId'], decision: true },
  'emergency-stop.stop': { fields: ['id', 'signedBy'], decision: true },
  'emergency-stop.lift': { fields: ['id', 'signedBy'], decision: true },
  'api-token.created': { fields: ['tokenId', 'policies', 'expiresAt', 'by'] },
  'api-token.revoked': { fields: ['tokenId', 'by'] },
  'policy-change.proposed': { fields: ['branch', 'commit', 'projects'] },
  'policy-change.confirmation-asked': { fields: ['commit'] },
  'policy-change.amended': { fields: ['files', 'projects'] },
  'policy-change.signed': { fields: ['commit', 'key'], decision: true },
  'policy-change.reviewed': { fields: ['state'], decision: true },
  'policy-change.merged': { fields: ['commit'], decision: true },
  'policy-change.updated': deed,
  'policy-change.closed': decided,
  'policy.age-told': told,
  'application.started': deed,
  'application.submitted': { fields: ['repositoryId'] },
  'application.withdrawn': decided,
  'application.appealed': deed,
  'application.replied': deed,
  'review.claimed': deed,
  'review.released': deed,
  'review.asked': { fields: ['kind'] },
  'review.noted': { fields: ['kind'] },
  'review.recused': decided,
  'review.decided': { fields: ['outcome'], decision: true },
  'review.opened-again': { fields: ['review'] },
  'onboarding.proposed-again': { fields: ['closed'] },
  'onboarding.attested': { fields: ['name'] },
  'evidence.attested': { fields: ['kind'] },
  'certificate.told': told,
  'revocation.proposed': { fields: ['change'], decision: true },
  'revocation.told': told,
  'report.received': { fields: ['kind'], confidential: true },
  'report.acknowledged': deed,
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

/** Longer values are cut, so that no row is larger than a reader expects. In characters. */
const valueCharactersMax = 2_000;
/** In place of who wrote in confidence. */
export const hiddenActor = 'reporter';

/**
 * What is shown of an event: of a kind that nobody listed neither actor nor detail. `detail` is JSON of any shape, as the database
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
