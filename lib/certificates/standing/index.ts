/** The standing of a signature now: the one judgement that every page, feed and program about signed files uses. */
export { judgeSignature, standingOfRelease } from './judge.ts';
export { isRefused, signatureStates, worstOf } from './states.ts';
export type { Publisher, ReleaseStanding, SignatureStanding, SignatureState } from './states.ts';
export { effectiveRevocation } from './revoked.ts';
export type { KnownRevocation } from './revoked.ts';
