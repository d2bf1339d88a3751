/** Why a delivery was refused. The answer to the sender is 401 for signatures, 400 for the rest. */
import { CodedError } from '#core/error/index.ts';

export type WebhookErrorCode =
  'HEADER_MISSING' | 'SIGNATURE_MISSING' | 'SIGNATURE_INVALID' | 'BODY_TOO_LARGE' | 'PAYLOAD_INVALID';

export class WebhookError extends CodedError<WebhookErrorCode> {
  static override readonly errorName = 'WebhookError';
  constructor(code: WebhookErrorCode, message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}
