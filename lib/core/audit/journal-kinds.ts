import type { JournalKind } from '../wire/journal/index.ts';

/**
 * Entries that an audit export includes, complete, because only a complete one can be hashed again. The signer can't
 * read what applicants and reporters wrote, so its journal contains none of it; still, each new kind is reviewed
 * before it is listed here, and doesn't compile until then. Entries of unknown kinds are exported without their
 * bodies: their hashes still link their neighbours.
 */
const exported: Readonly<Record<JournalKind, 'whole'>> = {
  'request.received': 'whole',
  'request.denied': 'whole',
  'request.failed': 'whole',
  'request.released': 'whole',
  'step.started': 'whole',
  'step.finished': 'whole',
  'host.asked': 'whole',
  'sign.intent': 'whole',
  'sign.done': 'whole',
  'policy.accepted': 'whole',
  'policy.refused': 'whole',
  'certificate.revoked': 'whole',
  'emergency-stop': 'whole',
  'signing.stopped': 'whole',
  'signing.resumed': 'whole',
  'signature.recovered': 'whole',
  'claims.released': 'whole',
  'journal.reconciled': 'whole',
  'audit.signed': 'whole',
};

export const isExportedKind = (kind: string): kind is JournalKind => Object.hasOwn(exported, kind);
