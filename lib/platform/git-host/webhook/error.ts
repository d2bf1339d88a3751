/** Why a delivery wasn't taken. The answer to the sender is 401 for signatures, 400 for the rest. */
export type WebhookErrorCode =
  'HEADER_MISSING' | 'SIGNATURE_MISSING' | 'SIGNATURE_INVALID' | 'BODY_TOO_LARGE' | 'PAYLOAD_INVALID';

export class WebhookError extends Error {
  static readonly errorName = 'WebhookError';
  readonly code: WebhookErrorCode;
  constructor(code: WebhookErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = WebhookError.errorName;
    this.code = code;
  }
}
