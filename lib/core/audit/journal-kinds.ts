import type { JournalKind } from '../wire/journal/index.ts';

/**
 * Entries that leave with an audit export, whole, because only a whole one can be hashed again. The signer can't read what applicants
 * and reporters wrote, so its journal holds none of it; each new kind is looked at all the same before it is listed here, and doesn't
 * compile until then. One of a kind that nobody knows is exported without its body: its hash still links its neighbours.
 */
const exported: Readonly<Record<JournalKind, 'whole'>> = {
  'request.received': 'whole',
  'request.denied': 'whole',
  'request.failed': 'whole',
  'request.released': 'whole',
  'step.started': 'whole',
  'step.finished': 'whole',
  'sign.intent': 'whole',
  'sign.done': 'whole',
  'policy.accepted': 'whole',
  'policy.refused': 'whole',
  'certificate.revoked': 'whole',
  'emergency-stop': 'whole',
  'signing.stopped': 'whole',
  'signing.resumed': 'whole',
  'signature.recovered': 'whole',
  'journal.reconciled': 'whole',
  'audit.signed': 'whole',
};

export const isExportedKind = (kind: string): kind is JournalKind => Object.hasOwn(exported, kind);
