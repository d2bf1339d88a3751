import type { RequestOutcome, RequestStatus, StepState } from '../../lib/requests/index.ts';
import { StateIcon, type ShownState } from './state-icon.tsx';

export const statusNames: Readonly<Record<RequestStatus, string>> = {
  received: 'Received',
  checking: 'Checking',
  'waiting-for-approval': 'Waiting for approval',
  signing: 'Signing',
  completed: 'Signed',
  denied: 'Denied',
  failed: 'Failed',
};

const states: Readonly<Record<RequestStatus, StepState>> = {
  received: 'not-reached',
  checking: 'running',
  'waiting-for-approval': 'waiting',
  signing: 'running',
  completed: 'passed',
  denied: 'failed',
  failed: 'failed',
};

export const toneOf: Readonly<Record<ShownState, string>> = {
  passed: 'bg-pass-soft text-pass',
  failed: 'bg-fail-soft text-fail',
  waiting: 'bg-wait-soft text-wait',
  retrying: 'bg-wait-soft text-wait',
  running: 'bg-run-soft text-run',
  'not-reached': 'bg-idle-soft text-muted',
  cancelled: 'bg-idle-soft text-muted',
};

/** What nobody wanted any more isn't called denied. */
export function endOf(outcome: RequestOutcome | null): 'Cancelled' | 'Superseded' | null {
  if (outcome === 'cancelled') return 'Cancelled';
  return outcome === 'superseded' ? 'Superseded' : null;
}

/** What was signed and is revoked since isn't called signed: `refused` says so. */
export function StatusBadge({
  status,
  outcome,
  refused = false,
}: {
  readonly status: RequestStatus;
  readonly outcome: RequestOutcome | null;
  readonly refused?: boolean;
}) {
  const end = endOf(outcome);
  const state = refused ? 'failed' : end === null ? states[status] : 'cancelled';
  return (
    <span className={`badge ${toneOf[state]}`}>
      <StateIcon state={state} size={16} />
      {refused ? 'Revoked' : (end ?? statusNames[status])}
    </span>
  );
}
