import type { StepState } from '../../../../lib/requests/index.ts';
import { StateIcon } from '../../../_components/state-icon.tsx';
import { toneOf } from '../../../_components/status-badge.tsx';

const states: Readonly<
  Record<'open' | 'closed' | 'merged' | 'invalid', { readonly word: string; readonly state: StepState }>
> = {
  open: { word: 'Open', state: 'waiting' },
  merged: { word: 'Merged', state: 'passed' },
  closed: { word: 'Closed', state: 'not-reached' },
  invalid: { word: 'No valid policy', state: 'failed' },
};

export function StateBadge(props: { readonly state: keyof typeof states }) {
  const { word, state } = states[props.state];
  return (
    <span className={`badge ${toneOf[state]}`}>
      <StateIcon state={state} size={16} />
      {word}
    </span>
  );
}
