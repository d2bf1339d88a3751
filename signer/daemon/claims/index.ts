export { OtherOctetsClaimed } from './other-octets.ts';
export { openClaims, type MadeSignature, type PlaceToClaim, type SignatureClaims } from './claims.ts';
export { claimedKeys } from './claimed-keys.ts';
export { keepResolvingClaims } from './keep-resolving.ts';
export { resolveClaims } from './resolve.ts';
