/** Who wrote a change of the policy, who signed it, and whether that is enough. Pure. */
export { addressOf, identityOfAddress, portalIdentity, proposedBy } from './address.ts';
export { countSignatures } from './count-signatures.ts';
export type { CountInput, SignatureCount } from './count-signatures.ts';
export { startOfHour, windowStart, worthRemembering } from './recent.ts';
export type { AcceptedCommit } from './recent.ts';
export { writersOf } from './writers.ts';
export type { Writers, WrittenCommit } from './writers.ts';
