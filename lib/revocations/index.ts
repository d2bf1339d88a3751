/** Revocations: notices, their effect on signed files, proposing one, and the published lists. */
export { blastRadius, filesMax } from './blast-radius.ts';
export type { BlastRadius, SignedFile } from './blast-radius.ts';
export { RevocationsError } from './error.ts';
export type { RevocationsErrorCode } from './error.ts';
export { concernedBy, listRevocations, readRevocation } from './list.ts';
export type { RevocationNotice } from './list.ts';
export {
  certificatesMax,
  hasProposed,
  mayRevoke,
  parseEffectiveAt,
  proposeRevocation,
  revocableCertificates,
  statementCharactersMax,
  triggers,
} from './propose.ts';
export { proposeReinstatement } from './reinstate.ts';
export { notifyOfRevocations } from './notify.ts';
export { openPublished } from './published.ts';
