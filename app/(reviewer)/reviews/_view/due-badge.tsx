import type { Due } from '../../../../lib/reviews/index.ts';
import type { StepState } from '../../../../lib/requests/index.ts';
import { StateIcon } from '../../../_components/state-icon.tsx';
import { toneOf } from '../../../_components/status-badge.tsx';

const states: Readonly<Record<Due, StepState>> = {
  late: 'failed',
  soon: 'waiting',
  'in-time': 'passed',
  paused: 'not-reached',
  closed: 'not-reached',
};
const hourMilliseconds = 3600 * 1000;

/** How a review stands to the service target: a colour, a shape and words. */
export function DueBadge(props: { readonly due: Due; readonly dueAt: Date; readonly now: Date }) {
  const state = states[props.due];
  return (
    <span className={`badge ${toneOf[state]}`}>
      <StateIcon state={state} size={16} />
      {wordsOf(props.due, props.dueAt.getTime() - props.now.getTime())}
    </span>
  );
}

function wordsOf(due: Due, left: number): string {
  if (due === 'paused') return 'Waiting for the applicant';
  if (due === 'closed') return 'Closed';
  return left < 0 ? `${span(-left)} late` : `${span(left)} left`;
}

/** Days and hours as people say them. */
export function span(milliseconds: number): string {
  const hours = Math.floor(milliseconds / hourMilliseconds);
  if (hours < 48) return `${hours} h`;
  return `${Math.floor(hours / 24)} days`;
}
