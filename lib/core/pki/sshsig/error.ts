import { CodedError } from '#core/error/index.ts';

export type SshSignatureErrorCode =
  | 'ARMOR_INVALID'
  | 'TOO_LARGE'
  | 'TRUNCATED'
  | 'TRAILING_DATA'
  | 'NOT_SSHSIG'
  | 'VERSION_UNSUPPORTED'
  | 'NAMESPACE_INVALID'
  | 'RESERVED_NOT_EMPTY'
  | 'HASH_UNSUPPORTED'
  | 'ALGORITHM_UNSUPPORTED'
  | 'ALGORITHM_MISMATCH'
  | 'KEY_INVALID'
  | 'KEY_TOO_WEAK'
  | 'KEY_LINE_INVALID'
  | 'SIGNATURE_MALFORMED';

/** Bytes or text that aren't an SSH public key or SSH signature that this software accepts. */
export class SshSignatureError extends CodedError<SshSignatureErrorCode> {
  static override readonly errorName = 'SshSignatureError';
}
