import type { TrustRoot } from './trust-root.ts';
import type { VerifiedOrigin } from './verify.ts';

/** A trust root without anything that could verify a bundle. */
export const trustRootAs = (parts: object): TrustRoot => parts as TrustRoot;

/** An origin as a test says that it was verified. */
export const originAs = (parts: object): VerifiedOrigin => parts as VerifiedOrigin;
