/**
 * Grants: what they are, and how the client redeems one. The files that mint them, one per purpose, are not part of
 * this surface: each is imported only by the file that has the proofs for it (.dependency-cruiser.cjs).
 */
export { redeem, type SigningGrant } from './sealed.ts';
