import type { VerifiedOrigin } from './verify.ts';

/** An origin as a test says that it was verified. */
export const originAs = (parts: object): VerifiedOrigin => parts as VerifiedOrigin;
