import type { RequestStatus, StepState } from '../../lib/requests/index.ts';
import { StateIcon } from './state-icon.tsx';

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

export const toneOf: Readonly<Record<StepState, string>> = {
  passed: 'bg-pass-soft text-pass',
  failed: 'bg-fail-soft text-fail',
  waiting: 'bg-wait-soft text-wait',
  retrying: 'bg-wait-soft text-wait',
  running: 'bg-run-soft text-run',
  'not-reached': 'bg-idle-soft text-muted',
};

/** What was signed and is revoked since isn't called signed: `refused` says so. */
export function StatusBadge({
  status,
  refused = false,
}: {
  readonly status: RequestStatus;
  readonly refused?: boolean;
}) {
  const state = refused ? 'failed' : states[status];
  return (
    <span className={`badge ${toneOf[state]}`}>
      <StateIcon state={state} size={16} />
      {refused ? 'Revoked' : statusNames[status]}
    </span>
  );
}
