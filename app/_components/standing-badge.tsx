import type { ProjectStanding, Standing } from '../../lib/projects/index.ts';
import type { StepState } from '../../lib/requests/index.ts';
import { PublisherMark } from './publisher-mark.tsx';
import { StateIcon } from './state-icon.tsx';
import { toneOf } from './status-badge.tsx';

const states: Readonly<Record<Standing, StepState>> = {
  signed: 'passed',
  pending: 'waiting',
  revoked: 'failed',
  expired: 'waiting',
  paused: 'failed',
  retired: 'not-reached',
};
const words: Readonly<Record<Standing, string>> = {
  signed: 'Signed releases',
  pending: 'Pending: nothing signed yet',
  revoked: 'Revoked',
  expired: 'Certificate expired',
  paused: 'Paused',
  retired: 'Retired',
};

/** How a project stands, and whether its releases carry its own name. */
export function StandingBadge({ standing, publishers }: ProjectStanding) {
  const state = states[standing];
  return (
    <span className="inline-flex flex-wrap gap-2">
      <span className={`badge ${toneOf[state]}`}>
        <StateIcon state={state} size={16} />
        {words[standing]}
      </span>
      <PublisherMark publisher={publishers.includes('project') ? 'project' : null} />
    </span>
  );
}
