import { ExplainedError } from '../platform/http/index.ts';

type NotificationsErrorCode =
  'NOT_SIGNED_IN' | 'CHOICE_INVALID' | 'CONFIRMATION_LIMIT' | 'LINK_EXPIRED' | 'LINK_INVALID';

export class NotificationsError extends ExplainedError<NotificationsErrorCode> {
  static override readonly errorName = 'NotificationsError';
}
