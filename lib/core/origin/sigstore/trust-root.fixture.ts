import type { TrustRoot } from './trust-root.ts';

/** A trust root without anything that could verify a bundle. */
export const trustRootAs = (parts: object): TrustRoot => parts as TrustRoot;
