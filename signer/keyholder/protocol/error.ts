/**
 * What can go wrong between a grant and its signature. Every message names the fix; none contains the PIN.
 */
import { CodedError } from '#core/error/index.ts';
import type { ErrorFacts } from '#core/error/index.ts';

export const keyHolderErrorCodes = [
  'MODULE_NOT_FOUND',
  'MODULE_LOAD_FAILED',
  'PIN_SOURCE_INVALID',
  'PIN_WRONG',
  'PIN_LOCKED',
  'TOKEN_NOT_FOUND',
  'TOKEN_UNAVAILABLE',
  'TOKEN_REFUSED',
  'KEY_NOT_FOUND',
  'KEY_AMBIGUOUS',
  'KEY_EXTRACTABLE',
  'WRAPPED_KEY_INVALID',
  'NOT_APPROVED',
  'REGISTRY_INVALID',
  'JOURNAL_TAMPERED',
  'JOURNAL_UNWRITABLE',
  'JOURNAL_SEGMENT_AWAY',
  'GRANT_INVALID',
  'GRANT_EXPIRED',
  'GRANT_MISMATCH',
  'GRANT_CONFLICT',
  'CERTIFICATE_NOT_VALID_NOW',
  'RATE_EXCEEDED',
  'SIGNATURE_WRONG',
  'DOCUMENT_UNREADABLE',
  'BUSY',
  'TIMEOUT',
  'CHILD_EXITED',
  'PROTOCOL',
  'CLOSED',
] as const;

export type KeyHolderErrorCode = (typeof keyHolderErrorCodes)[number];

/** Temporary failures: the same grant may be sent again, it signs at most once. */
const retryable: ReadonlySet<KeyHolderErrorCode> = new Set<KeyHolderErrorCode>([
  'TOKEN_NOT_FOUND',
  'TOKEN_UNAVAILABLE',
  'RATE_EXCEEDED',
  'BUSY',
  'TIMEOUT',
  'CHILD_EXITED',
]);

export class KeyHolderError extends CodedError<KeyHolderErrorCode> {
  static override readonly errorName: string = 'KeyHolderError';
  readonly retryable: boolean;
  constructor(code: KeyHolderErrorCode, message: string, options?: ErrorFacts) {
    super(code, message, options);
    this.retryable = retryable.has(code);
  }
}
