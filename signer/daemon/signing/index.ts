export { signArtifact, type SignedArtifact, type SignedFile } from './sign-artifact.ts';
export { verifySigned, type VerifiedFile } from './verify-signed.ts';
export { openTimestampSource, type Timestamp, type TimestampSource } from './timestamp-source.ts';
