/**
 * Kinds of entries of the signer's journal. The signer can't read what applicants and reporters wrote, so what it journals holds
 * none of it; entries are exported whole, because only a whole one can be hashed again. One of a kind that nobody listed is exported
 * without its body: its hash still links its neighbours.
 */
export const journalKinds = [
  'request.received',
  'request.denied',
  'request.failed',
  'request.released',
  'step.started',
  'step.finished',
  'sign.intent',
  'sign.done',
  'policy.accepted',
  'policy.refused',
  'certificate.revoked',
  'emergency-stop',
  // Of earlier versions.
  'signing.stopped',
  'signing.resumed',
  'signature.recovered',
  'journal.reconciled',
  'audit.signed',
] as const;

export type JournalKind = (typeof journalKinds)[number];

export function isJournalKind(kind: string): kind is JournalKind {
  return (journalKinds as readonly string[]).includes(kind);
}
