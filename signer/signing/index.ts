export { signFiles, type SignedFile } from './sign-files.ts';
export { verifySigned, type VerifiedFile } from './verify-signed.ts';
export { repackArtifact } from './repack.ts';
