import type { Trace, TracePass, TraceStep } from '../../lib/requests/index.ts';
import { FindingItem } from './finding-item.tsx';
import { formatDuration, plural } from './format.ts';
import { StateIcon } from './state-icon.tsx';
import { stateNames, stepAsks, stepNames } from './step-names.ts';
import { toneOf } from './status-badge.tsx';
import { Time } from './time.tsx';

interface Place {
  readonly project: string;
  readonly commit: string | null;
}

/** The newest pass in full; earlier ones folded away, because each pass checks everything anew. */
export function TraceView({ trace, place }: { readonly trace: Trace; readonly place: Place }) {
  const [newest, ...earlier] = trace.passes;
  return (
    <>
      {newest === undefined ? null : <Pass pass={newest} place={place} />}
      {trace.unreadable.length === 0 ? null : (
        <p className="mt-4 text-sm text-fail">
          {plural(trace.unreadable.length, 'journal entry', 'journal entries')} could not be read:{' '}
          {trace.unreadable.map(String).join(', ')}.
        </p>
      )}
      {earlier.length === 0 ? null : (
        <div className="mt-8 grid gap-3">
          <h3 className="text-lg">Earlier passes</h3>
          {earlier.map((pass) => (
            <details key={pass.number} className="card">
              <summary className="flex min-h-12 flex-wrap items-center gap-x-3 px-5 py-2">
                <Chevron />
                <span className="font-medium">Pass {pass.number}</span>
                <span className="text-sm text-muted">
                  {pass.outcome === null ? 'interrupted' : passOutcomes[pass.outcome]}
                  {pass.startedAt === null ? null : (
                    <>
                      , <Time value={pass.startedAt} />
                    </>
                  )}
                </span>
              </summary>
              <div className="border-t border-rule px-5 py-5">
                <Pass pass={pass} place={place} />
              </div>
            </details>
          ))}
        </div>
      )}
    </>
  );
}

const passOutcomes: Readonly<Record<NonNullable<TracePass['outcome']>, string>> = {
  released: 'released',
  denied: 'denied',
  failed: 'failed',
  waiting: 'waited for approval',
  retrying: 'something was unavailable',
};

function Pass({ pass, place }: { readonly pass: TracePass; readonly place: Place }) {
  return (
    <>
      <ol className="trace grid">
        {pass.steps.map((step) => (
          <li key={step.step} data-step={step.step} data-state={step.state}>
            <span className={`trace-mark grid h-8 w-8 place-items-center rounded-full ${toneOf[step.state]}`}>
              <StateIcon state={step.state} size={24} />
            </span>
            <Step step={step} place={place} />
          </li>
        ))}
      </ol>
      {pass.journal === null ? null : (
        <p className="mt-4 text-sm text-muted">
          Journal entries {String(pass.journal.first)} to {String(pass.journal.last)}; the last one’s hash is{' '}
          <span className="hash">{pass.journal.lastHash}</span>
        </p>
      )}
    </>
  );
}

function Step({ step, place }: { readonly step: TraceStep; readonly place: Place }) {
  const expandable = step.findings.length > 0 || step.notes.some((note) => note.facts.length > 0);
  const open = step.state === 'failed' || step.state === 'waiting' || step.state === 'retrying';
  const heading = (
    <>
      <span className="font-semibold">{stepNames[step.step]}</span>
      <span className={`badge px-2.5! ${toneOf[step.state]}`}>{stateNames[step.state]}</span>
      <span className="text-sm text-muted">{detailOf(step)}</span>
    </>
  );
  if (!expandable) {
    return (
      <div className="py-1.5">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-0.5">{heading}</p>
        <p className="text-sm text-muted">{stepAsks[step.step]}</p>
      </div>
    );
  }
  return (
    <details open={open} className="group py-1.5">
      <summary className="rounded-md">
        <span className="flex min-h-6 flex-wrap items-center gap-x-3 gap-y-0.5">
          {heading}
          <span className="ms-auto text-muted">
            <Chevron />
          </span>
        </span>
        <span className="block text-sm text-muted">{stepAsks[step.step]}</span>
      </summary>
      <div className="mt-3 mb-4 grid gap-2.5">
        {failuresFirst(step.findings).map((finding, index) => (
          <FindingItem key={index} finding={finding} project={place.project} commit={place.commit} />
        ))}
        {step.notes
          .filter((note) => note.facts.length > 0)
          .map((note) => (
            <div key={String(note.seq)} className="rounded-lg border border-rule bg-surface p-4">
              <p className="text-sm text-muted">
                Journal entry {String(note.seq)}, <code>{note.kind}</code>, <Time value={note.at} />
              </p>
              <dl className="facts mt-2 text-sm!">
                {note.facts.map(([label, text]) => (
                  <div key={label} className="contents">
                    <dt>{label}</dt>
                    <dd className="hash">{text}</dd>
                  </div>
                ))}
              </dl>
            </div>
          ))}
      </div>
    </details>
  );
}

function detailOf(step: TraceStep): string {
  const failed = step.findings.filter((finding) => finding.outcome === 'fail').length;
  const parts = [
    ...(step.findings.length === 0 ? [] : [plural(step.findings.length, 'finding')]),
    ...(failed === 0 || failed === step.findings.length ? [] : [`${failed} failed`]),
    ...(step.durationMs === null ? [] : [formatDuration(step.durationMs)]),
  ];
  return parts.join(', ');
}

function Chevron() {
  return (
    <svg
      className="chevron inline-block"
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      aria-hidden="true"
      focusable="false"
    >
      <path
        d="M6 3.5L10.5 8 6 12.5"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

/** What went wrong is what people came to read; the rest keeps its order. */
function failuresFirst(findings: TraceStep['findings']): TraceStep['findings'] {
  const failed = findings.filter((finding) => finding.outcome === 'fail');
  return [...failed, ...findings.filter((finding) => finding.outcome !== 'fail')];
}
