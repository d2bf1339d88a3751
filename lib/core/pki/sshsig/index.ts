/**
 * SSH signatures over any message (OpenSSH PROTOCOL.sshsig), as ssh-keygen -Y sign and git make them.
 */
export { SshSignatureError } from './error.ts';
export type { SshSignatureErrorCode } from './error.ts';
export { parseSshPublicKey, parseSshPublicKeyLine } from './public-key.ts';
export type { SshKeyType, SshPublicKey } from './public-key.ts';
export { findSshSignatures, parseSshSignature, splitSshSignatures } from './signature.ts';
export type { SshHashAlgorithm, SshSignature } from './signature.ts';
export { verifySshSignature, verifySshSignatureBy } from './verify.ts';
export type { SshVerification } from './verify.ts';
export { createSshSignature, ed25519PublicKeyLine } from './create.ts';
