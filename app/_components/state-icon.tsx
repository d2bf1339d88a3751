import type { StepState } from '../../lib/requests/index.ts';

/** A step's, or that of what somebody didn't want any more: neither good nor bad. */
export type ShownState = StepState | 'cancelled';

const shapes: Readonly<Record<ShownState, React.ReactNode>> = {
  passed: <path d="M7 12.4l3.4 3.5L17 8.6" />,
  failed: <path d="M8.2 8.2l7.6 7.6M15.8 8.2l-7.6 7.6" />,
  waiting: <path d="M12 7.2V12l3 2.2" />,
  retrying: <path d="M16.2 9.4A5 5 0 1 0 17 13M17 7v3h-3" />,
  running: <path d="M7.8 12h.01M12 12h.01M16.2 12h.01" strokeWidth="2.8" />,
  'not-reached': <path d="M8.5 12h7" />,
  cancelled: <path d="M8 16L16 8" />,
};

/** A mark with a shape of its own for each state: colour is never the only sign. Decorative; a word stands by it. */
export function StateIcon({ state, size }: { readonly state: ShownState; readonly size: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.1"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {size > 20 ? null : (
        <circle
          cx="12"
          cy="12"
          r="10"
          strokeWidth="1.8"
          strokeDasharray={state === 'not-reached' ? '3 3' : undefined}
        />
      )}
      {shapes[state]}
    </svg>
  );
}
