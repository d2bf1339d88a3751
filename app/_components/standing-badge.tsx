import type { Standing } from '../../lib/projects/index.ts';
import type { StepState } from '../../lib/requests/index.ts';
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

export function StandingBadge({ standing }: { readonly standing: Standing }) {
  const state = states[standing];
  return (
    <span className={`badge ${toneOf[state]}`}>
      <StateIcon state={state} size={16} />
      {words[standing]}
    </span>
  );
}
