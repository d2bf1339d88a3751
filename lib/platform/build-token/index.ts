/** Identity tokens of builds (OpenID Connect): verified here, judged against policies by lib/requests. */
export { BuildTokenError } from './error.ts';
export { openBuildKeys } from './keys.ts';
export type { BuildKeys, KeysState } from './keys.ts';
export { isBuildToken, refuseExpired, verifyBuildToken } from './verify.ts';
export type { VerifiedBuild } from './verify.ts';
