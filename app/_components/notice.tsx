import type { ReactNode } from 'react';
import { StateIcon, type ShownState } from './state-icon.tsx';
import { toneOf } from './status-badge.tsx';

export function Notice(props: {
  readonly tone: ShownState;
  readonly title: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className={`mt-6 flex gap-3 rounded-xl p-4 sm:p-5 ${toneOf[props.tone]}`}>
      <span className="mt-0.5 shrink-0">
        <StateIcon state={props.tone} size={20} />
      </span>
      <div className="min-w-0">
        <p className="font-semibold">{props.title}</p>
        {props.children === undefined ? null : (
          <div className="mt-1 break-words text-ink">{props.children}</div>
        )}
      </div>
    </div>
  );
}
