import { ExplainedError } from '../platform/http/index.ts';
import type { Explanation } from '../platform/http/index.ts';

type NotificationsErrorCode =
  'NOT_SIGNED_IN' | 'CHOICE_INVALID' | 'CONFIRMATION_LIMIT' | 'LINK_EXPIRED' | 'LINK_INVALID';

export class NotificationsError extends ExplainedError<NotificationsErrorCode> {
  static readonly errorName = 'NotificationsError';
  constructor(explanation: Explanation<NotificationsErrorCode>) {
    super(NotificationsError.errorName, explanation);
  }
}
