export { signFiles, type SignedFile } from './sign-files.ts';
export { verifySigned, type VerifiedFile } from './verify-signed.ts';
export { openTimestampSource, type Timestamp, type TimestampSource } from './timestamp-source.ts';
export { repackArtifact } from './repack.ts';
