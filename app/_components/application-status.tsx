import type { ApplicationStatus } from '../../lib/applications/index.ts';
import type { StepState } from '../../lib/requests/index.ts';
import { StateIcon } from './state-icon.tsx';
import { toneOf } from './status-badge.tsx';

const applicationStatusNames: Readonly<Record<ApplicationStatus, string>> = {
  draft: 'Draft',
  submitted: 'Sent',
  'in-review': 'In review',
  'information-requested': 'Question to answer',
  accepted: 'Accepted',
  rejected: 'Rejected',
  withdrawn: 'Withdrawn',
};

const states: Readonly<Record<ApplicationStatus, StepState>> = {
  draft: 'not-reached',
  submitted: 'waiting',
  'in-review': 'running',
  'information-requested': 'waiting',
  accepted: 'passed',
  rejected: 'failed',
  withdrawn: 'not-reached',
};

export function ApplicationStatusBadge({ status }: { readonly status: ApplicationStatus }) {
  const state = states[status];
  return (
    <span className={`badge ${toneOf[state]}`}>
      <StateIcon state={state} size={16} />
      {applicationStatusNames[status]}
    </span>
  );
}
