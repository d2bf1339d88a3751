/**
 * Grants: what they are, and how the client redeems one. The files that make them, one for each purpose, are no part of this surface: each is imported by the one
 * file that holds the proofs for it (.dependency-cruiser.cjs).
 */
export { redeem, type SigningGrant } from './sealed.ts';
