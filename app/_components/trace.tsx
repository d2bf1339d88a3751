import Link from 'next/link';
import type { ReactNode } from 'react';
import type { FindingCounts, Trace, TracePass, TraceStep } from '../../lib/requests/index.ts';
import { FindingItem } from './finding-item.tsx';
import { formatDuration, plural } from './format.ts';
import { NoteItem } from './note-item.tsx';
import { StateIcon } from './state-icon.tsx';
import { isCancellation, shownStateOf, stateNames, stepAsks, stepNames } from './step-names.ts';
import { toneOf } from './status-badge.tsx';
import { Time } from './time.tsx';

interface Place {
  readonly request: string;
  readonly project: string;
  readonly commit: string | null;
  /** Who cancelled the request, when and why; null: nobody did. */
  readonly cancelled: ReactNode;
}

/** One pass, each step by its first findings; the others as links, because each pass checks everything again. */
export function TraceView({ trace, place }: { readonly trace: Trace; readonly place: Place }) {
  const { pass, newest, earlier, more, unreadable, signing } = trace;
  return (
    <>
      {newest ? null : (
        <p className="mb-4">
          This is pass {pass.number}.{' '}
          <Link className="link" href={`/requests/${place.request}#trace`}>
            Show the newest
          </Link>
        </p>
      )}
      <Pass pass={pass} place={place} signing={signing} />
      {unreadable.length === 0 ? null : (
        <p className="mt-4 text-sm text-fail">
          {plural(unreadable.length, 'journal entry', 'journal entries')} could not be read:{' '}
          {unreadable.map(String).join(', ')}.
        </p>
      )}
      {earlier.length === 0 ? null : (
        <div className="mt-8">
          <h3 className="text-lg">Earlier passes</h3>
          <ul className="mt-2 grid">
            {earlier.map((line) => (
              <li key={line.number} className="flex min-h-9 flex-wrap items-center gap-x-3">
                <Link className="link" href={`/requests/${place.request}?pass=${line.number}#trace`}>
                  Pass {line.number}
                </Link>
                <span className="text-sm text-muted">
                  {line.outcome === null ? 'interrupted' : passOutcomes[line.outcome]},{' '}
                  <Time value={line.startedAt} />
                </span>
              </li>
            ))}
          </ul>
          {more === null ? null : (
            <Link
              className="button button-quiet mt-3"
              href={`/requests/${place.request}?pass=${more}#trace`}
              rel="next"
            >
              Still earlier passes
            </Link>
          )}
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

type Signing = Trace['signing'];

function Pass(props: { readonly pass: TracePass; readonly place: Place; readonly signing: Signing }) {
  const { pass, place, signing } = props;
  return (
    <>
      <ol className="trace grid">
        {pass.steps.map((step) => (
          <li key={step.step} data-step={step.step} data-state={shownStateOf(step)}>
            <span
              className={`trace-mark grid h-8 w-8 place-items-center rounded-full ${toneOf[shownStateOf(step)]}`}
            >
              <StateIcon state={shownStateOf(step)} size={24} />
            </span>
            <Step pass={pass.number} step={step} place={place} signing={signing} />
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

function Step(props: {
  readonly pass: number;
  readonly step: TraceStep;
  readonly place: Place;
  readonly signing: Signing;
}) {
  const { pass, step, place, signing } = props;
  const shown = shownStateOf(step);
  const expandable = step.findings.length > 0 || step.notes.some((note) => note.facts.length > 0);
  const open = step.state === 'failed' || step.state === 'waiting' || step.state === 'retrying';
  const total = findingsOf(step.counts);
  const left = total - step.findings.length + (step.step === 'signing' ? signing.entries - signing.shown : 0);
  const heading = (
    <>
      <span className="font-semibold">{stepNames[step.step]}</span>
      <span className={`badge px-2.5! ${toneOf[shown]}`}>{stateNames[shown]}</span>
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
        {step.findings.map((finding, index) => (
          <StepFinding key={index} finding={finding} place={place} />
        ))}
        {step.notes
          .filter((note) => note.facts.length > 0)
          .map((note) => (
            <NoteItem key={String(note.seq)} note={note} />
          ))}
        <p>
          <Link
            className="link inline-block min-h-6"
            href={`/requests/${place.request}/steps/${pass}/${step.step}`}
          >
            {left > 0 ? `${left} more, and a search by file` : 'In full, on a page of its own'}
            <span className="sr-only">: {stepNames[step.step]}</span>
          </Link>
        </p>
      </div>
    </details>
  );
}

/** A finding of a step; of a cancelled request's end, who wanted it: nothing was wrong, so nothing is to be put right. */
export function StepFinding(props: {
  readonly finding: TraceStep['findings'][number];
  readonly place: Pick<Place, 'project' | 'commit' | 'cancelled'>;
}) {
  const { finding, place } = props;
  if (place.cancelled === null || !isCancellation(finding))
    return <FindingItem finding={finding} project={place.project} commit={place.commit} />;
  return (
    <div className="flex min-w-0 gap-2.5 rounded-lg border border-rule bg-surface p-4">
      <span className="mt-0.5 shrink-0 text-muted">
        <StateIcon state="cancelled" size={20} />
      </span>
      <div className="min-w-0 flex-1 break-words">
        <p>The request was cancelled.</p>
        <p className="mt-1 text-sm text-muted">{place.cancelled}</p>
      </div>
    </div>
  );
}

const findingsOf = ({ pass, fail, info }: FindingCounts): number => pass + fail + info;

/** How many findings, how many of them failed, and how long it took. */
export function detailOf({ counts, durationMs }: Pick<TraceStep, 'counts' | 'durationMs'>): string {
  const total = findingsOf(counts);
  const parts = [
    ...(total === 0 ? [] : [plural(total, 'finding')]),
    ...(counts.fail === 0 || counts.fail === total ? [] : [`${counts.fail} failed`]),
    ...(durationMs === null ? [] : [formatDuration(durationMs)]),
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
