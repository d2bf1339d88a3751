import { ExplainedError } from '../platform/http/index.ts';

type WebhooksErrorCode =
  | 'NOT_ALLOWED'
  | 'NO_ACCEPTED_POLICY'
  | 'UNKNOWN_PROJECT'
  | 'PROJECT_NOT_ACTIVE'
  | 'WEBHOOK_URL_INVALID'
  | 'WEBHOOK_START_INVALID'
  | 'WEBHOOK_EVENTS_INVALID'
  | 'WEBHOOK_FORMAT_INVALID'
  | 'WEBHOOK_DISABLED'
  | 'TOO_MANY_WEBHOOKS'
  | 'ALREADY_DONE'
  | 'NO_SUCH_WEBHOOK';

export class WebhooksError extends ExplainedError<WebhooksErrorCode> {
  static override readonly errorName = 'WebhooksError';
}
