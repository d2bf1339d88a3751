export { signArtifact, type SignedArtifact, type SignedFile } from './sign-artifact.ts';
export type { FollowedFile } from './follow-list.ts';
export { verifySigned, type VerifiedFile } from './verify-signed.ts';
export { keepTimestamps } from './kept-timestamps.ts';
export { signerOf } from './signer.ts';
export { openTimestampSource, type Timestamp, type TimestampSource } from './timestamp-source.ts';
