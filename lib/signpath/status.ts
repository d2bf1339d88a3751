/** SignPath's words for where a request stands. Pure. */
import { isFinal } from '#core/wire/request/index.ts';
import type { RequestStatus } from '#core/wire/request/index.ts';
import type { RequestOutcome } from '../requests/index.ts';

const names = {
  received: 'InProgress',
  checking: 'InProgress',
  signing: 'InProgress',
  'waiting-for-approval': 'WaitingForApproval',
  completed: 'Completed',
  denied: 'Denied',
  failed: 'Failed',
} as const satisfies Readonly<Record<RequestStatus, string>>;

export type SignPathStatus = (typeof names)[RequestStatus] | 'Canceled';

export const statusName = (status: RequestStatus, outcome: RequestOutcome | null): SignPathStatus =>
  outcome === 'cancelled' || outcome === 'superseded' ? 'Canceled' : names[status];

/**
 * Whether somebody who waits wants to know: that it has ended, or that it now waits for people. Other changes come and go while
 * nobody can do anything.
 */
export const isWorthTelling = (before: RequestStatus, now: RequestStatus): boolean =>
  isFinal(now) || (now === 'waiting-for-approval' && before !== now);
