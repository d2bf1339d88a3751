/** How a signature stands now: one answer, asked by every page, feed and program that says anything of signed files. */
export { judgeSignature, standingOfRelease } from './judge.ts';
export { isRefused, signatureStates, worstOf } from './states.ts';
export type { Publisher, ReleaseStanding, SignatureStanding, SignatureState } from './states.ts';
export { effectiveRevocation } from './revoked.ts';
export type { KnownRevocation } from './revoked.ts';
