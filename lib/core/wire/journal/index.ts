/**
 * The signer's journal, as it is written and as everybody reads it. Words used throughout:
 *
 * - **journal**: all entries of one database, in order, chained by hash (chain.ts). Signers that share a database share it. Only they
 *   write; the portal, auditors and the command line read. Not to be mixed up with the keyholder's own journal, a file beside the
 *   HSM, or with the portal's audit trail.
 * - **entry**: number, time, request, kind, body and two hashes. It never changes, so what was ever written is read for ever.
 * - **event**: what an entry says, tagged by its kind: one record each, by theme in the files beside this one, which says it in a
 *   sentence and has its body's schema. A record is called to make what is written; a misspelt or missing member doesn't compile.
 * - **body**: the event's members as canonical JSON (RFC 8785).
 * - **version**: of an event's body. Bodies of version 1 carry none; see event.ts and decision 0055.
 * - **pass**: one walk of a request through the **steps**; each step ends with **findings**.
 * - **repeated**: what a step of a later pass found is what an earlier one found, and its entry names that entry; see repeated.ts.
 * - **grant**: what the keyholder is given to sign once; its id is the hash of what it allows.
 * - **unreadable**: an entry that this program can't read, and why. It is a value: shown as such, and never taken for nothing where
 *   something is decided by what entries say.
 */
export {
  entryHash,
  genesisHash,
  nextEntry,
  verifyChain,
  type ChainEnd,
  type ChainVerdict,
  type JournalEntry,
} from './chain.ts';
export type { About, EventRecord } from './event.ts';
export {
  isJournalKind,
  journalEvents,
  journalKinds,
  type NewEntry,
  type JournalBody,
  type JournalEvent,
  type JournalKind,
  type RequestEvent,
  type WrittenEvent,
} from './events.ts';
export { findingSchema, findingVersion, readFinding } from './finding.ts';
export { hostAnswersMax, hostAsked, type RecordedAnswer } from './host.ts';
export { inspectedFileSchema, inspectedFilesMax, type FileFacts, type InspectedFile } from './inspected.ts';
export { policyAccepted, policyRefused } from './policies.ts';
export { readBody, readEvent, type ReadBody, type ReadEvent, type Unreadable } from './read-event.ts';
export {
  endOf,
  foundSha256,
  problemOfRepeated,
  readWholeStep,
  repeatedBy,
  type RepeatedEnd,
  type WholeStep,
} from './repeated.ts';
export { requestDenied, requestFailed, requestReceived, requestReleased } from './requests.ts';
export {
  certificateRevoked,
  emergencyStop,
  hostStopSchema,
  liftEntrySchema,
  projectSlug,
  signingResumed,
  signingStopped,
  stopEntrySchema,
} from './rulings.ts';
export { claimsReleased, grantEvents, signatureRecovered, signDone, signIntent } from './signatures.ts';
export {
  calledParts,
  stepFinished,
  stepStarted,
  type InspectionFacts,
  type OriginFacts,
  type StepCall,
  type StepFacts,
} from './steps.ts';
export { auditSigned, journalReconciled } from './upkeep.ts';
