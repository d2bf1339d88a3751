import { KeyHolderError } from '../protocol/index.ts';

/** The CKR_ name a PKCS#11 call failed with, or null where the failure came from elsewhere. */
export function pkcs11ReturnValue(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  return /\bCKR_[A-Z0-9_]+/.exec(error.message)?.[0] ?? null;
}

/** Return values that mean that the connection is gone, not that the operation is refused (PKCS#11 v2.40 §5.1). */
const connectionLost: ReadonlySet<string> = new Set([
  'CKR_CRYPTOKI_NOT_INITIALIZED',
  'CKR_DEVICE_ERROR',
  'CKR_DEVICE_REMOVED',
  'CKR_GENERAL_ERROR',
  'CKR_KEY_HANDLE_INVALID',
  'CKR_OBJECT_HANDLE_INVALID',
  'CKR_SESSION_CLOSED',
  'CKR_SESSION_HANDLE_INVALID',
  'CKR_SLOT_ID_INVALID',
  'CKR_TOKEN_NOT_PRESENT',
  'CKR_UNWRAPPING_KEY_HANDLE_INVALID',
  'CKR_USER_NOT_LOGGED_IN',
  'CKR_WRAPPING_KEY_HANDLE_INVALID',
]);

const wrongBlob: ReadonlySet<string> = new Set(['CKR_WRAPPED_KEY_INVALID', 'CKR_WRAPPED_KEY_LEN_RANGE']);

export function isConnectionLost(error: unknown): boolean {
  // A module may keep answering for a removed token, and then only its keys are missing.
  if (error instanceof KeyHolderError)
    return error.code === 'TOKEN_NOT_FOUND' || error.code === 'KEY_NOT_FOUND';
  const value = pkcs11ReturnValue(error);
  return value !== null && connectionLost.has(value);
}

/** Any failure of a PKCS#11 call → KeyHolderError that says what to do. */
export function toKeyHolderError(error: unknown, tokenLabel: string, doing: string): KeyHolderError {
  if (error instanceof KeyHolderError) return error;
  const value = pkcs11ReturnValue(error);
  const about = `token ${tokenLabel}, ${doing}: ${value ?? 'failed'}`;
  if (value === 'CKR_PIN_INCORRECT' || value === 'CKR_PIN_INVALID' || value === 'CKR_PIN_LEN_RANGE') {
    return new KeyHolderError(
      'PIN_WRONG',
      `${about}; the PIN is wrong. It isn't tried again, so that the token doesn't lock`,
      { cause: error },
    );
  }
  if (value === 'CKR_PIN_LOCKED') {
    return new KeyHolderError('PIN_LOCKED', `${about}; unlock the token with its security officer's PIN`, {
      cause: error,
    });
  }
  if (isConnectionLost(error)) {
    return new KeyHolderError(
      'TOKEN_UNAVAILABLE',
      `${about}, and again after reconnecting; check that the HSM is attached and its service runs`,
      { cause: error },
    );
  }
  if (value !== null && wrongBlob.has(value)) {
    return new KeyHolderError(
      'WRAPPED_KEY_INVALID',
      `${about}: the token can't unwrap it; attach the token whose key wrapped it, or restore the file from a backup`,
      { cause: error },
    );
  }
  return new KeyHolderError('TOKEN_REFUSED', `${about}; see the HSM's own log for the reason`, {
    cause: error,
  });
}
