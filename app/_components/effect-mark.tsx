import type { Effect } from '#core/policy/plan/index.ts';

const marks: Readonly<
  Record<Effect, { readonly word: string; readonly tone: string; readonly shape: string }>
> = {
  loosens: { word: 'Loosens', tone: 'bg-fail-soft text-fail', shape: 'M12 7v7M12 17.2v.1' },
  tightens: { word: 'Tightens', tone: 'bg-pass-soft text-pass', shape: 'M7 12.4l3.4 3.5L17 8.6' },
  neutral: { word: 'Neutral', tone: 'bg-idle-soft text-muted', shape: 'M8 12h8' },
};

/** Whether a change asks for more or for less before something is signed: a word, a shape and a colour. */
export function EffectMark({ effect }: { readonly effect: Effect }) {
  const { word, tone, shape } = marks[effect];
  return (
    <span className={`badge ${tone}`}>
      <svg
        width="16"
        height="16"
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {effect === 'loosens' ? (
          <path d="M12 2.5 22 21H2z" strokeWidth="1.8" />
        ) : (
          <circle cx="12" cy="12" r="10" strokeWidth="1.8" />
        )}
        <path d={shape} />
      </svg>
      {word}
    </span>
  );
}
