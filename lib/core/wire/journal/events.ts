/** Every event that the journal has or had, by its kind. */
import type { BodyOf } from './event.ts';
import { hostAsked } from './host.ts';
import { policyAccepted, policyRefused } from './policies.ts';
import { requestDenied, requestFailed, requestReceived, requestReleased } from './requests.ts';
import { certificateRevoked, emergencyStop, signingResumed, signingStopped } from './rulings.ts';
import { claimsReleased, signatureRecovered, signDone, signIntent } from './signatures.ts';
import { stepFinished, stepStarted } from './steps.ts';
import { auditSigned, journalReconciled } from './upkeep.ts';

/** In the order in which the reference has them. */
export const journalEvents = {
  'request.received': requestReceived,
  'request.denied': requestDenied,
  'request.failed': requestFailed,
  'request.released': requestReleased,
  'step.started': stepStarted,
  'step.finished': stepFinished,
  'host.asked': hostAsked,
  'sign.intent': signIntent,
  'sign.done': signDone,
  'policy.accepted': policyAccepted,
  'policy.refused': policyRefused,
  'certificate.revoked': certificateRevoked,
  'emergency-stop': emergencyStop,
  'signing.stopped': signingStopped,
  'signing.resumed': signingResumed,
  'signature.recovered': signatureRecovered,
  'claims.released': claimsReleased,
  'journal.reconciled': journalReconciled,
  'audit.signed': auditSigned,
} as const;

export type JournalKind = keyof typeof journalEvents;
export const journalKinds = Object.keys(journalEvents) as readonly JournalKind[];

export function isJournalKind(kind: string): kind is JournalKind {
  return Object.hasOwn(journalEvents, kind);
}

export type JournalBody<Kind extends JournalKind> = BodyOf<(typeof journalEvents)[Kind]>;

/** An event as read. */
export type JournalEvent = {
  readonly [Kind in JournalKind]: { readonly kind: Kind; readonly body: JournalBody<Kind> };
}[JournalKind];

/** An event created by its record, to be written. */
export type WrittenEvent = ReturnType<(typeof journalEvents)[JournalKind]>;
export type RequestEvent = Exclude<WrittenEvent, { readonly about: 'signer' }>;

/** An event and the request that it is about: those of a request have one, the signer's own have none. */
export type NewEntry =
  | { readonly requestId: string; readonly event: RequestEvent }
  | { readonly requestId: null; readonly event: Exclude<WrittenEvent, { readonly about: 'request' }> };
