/** One journal entry as the trace understands it. */
import type { Finding } from '#core/wire/finding/index.ts';
import {
  readEvent,
  type JournalBody,
  type JournalEvent,
  type JournalKind,
} from '#core/wire/journal/index.ts';
import type { RequestStep } from './status.ts';

export interface JournalRow {
  readonly seq: bigint;
  readonly at: Date;
  readonly kind: string;
  readonly body: string;
  readonly entryHash: string;
  /** How many findings the entry lists, where the database has cut them; null: they are all there. */
  readonly counts: FindingCounts | null;
}

/** How many findings of each outcome a step has, shown or not. */
export type FindingCounts = Readonly<Record<Finding['outcome'], number>>;

export type TraceEvent = { readonly pass: number | null } & (
  | { readonly kind: 'step.started'; readonly step: RequestStep }
  | {
      readonly kind: 'step.finished';
      readonly step: RequestStep;
      readonly outcome: 'pass' | 'fail' | 'waiting' | 'retry';
      /** Those that the entry has been cut to, failures first. */
      readonly findings: readonly Finding[];
      readonly counts: FindingCounts;
      readonly durationMs: number | null;
      /** The step that started with this end; null: none, or it has an entry of its own. */
      readonly next: RequestStep | null;
    }
  | {
      readonly kind: 'note';
      readonly step: RequestStep;
      /** What it says of the step: that it is done, or at work; null: nothing. */
      readonly state: 'passed' | 'running' | null;
      readonly outcome: 'released' | 'denied' | 'failed' | null;
      readonly facts: readonly (readonly [label: string, text: string])[];
      /** What a code host was asked, in order; null: the entry is about something else. */
      readonly asked: HostLook | null;
    }
);

export type HostLook = Pick<JournalBody<'host.asked'>, 'api' | 'answers'>;

/** Entries of a request that are no step, with the step that they belong to and whether they end the pass. */
const notes = {
  'request.received': { step: 'received', outcome: null },
  'host.asked': { step: 'origin', outcome: null },
  'sign.intent': { step: 'signing', outcome: null },
  'sign.done': { step: 'signing', outcome: null },
  'signature.recovered': { step: 'signing', outcome: null },
  'request.released': { step: 'release', outcome: 'released' },
  'request.denied': { step: 'received', outcome: 'denied' },
  'request.failed': { step: 'received', outcome: 'failed' },
} as const satisfies Partial<
  Readonly<
    Record<
      JournalKind,
      { readonly step: RequestStep; readonly outcome: 'released' | 'denied' | 'failed' | null }
    >
  >
>;
const noteKinds = Object.keys(notes) as readonly (keyof typeof notes)[];

/** What the signer writes of a file: two entries each, so there is no bound to how many a pass has. */
export const signingKinds: readonly JournalKind[] = ['sign.intent', 'sign.done'];

/** All that the trace knows. */
export const entryKinds: readonly JournalKind[] = ['step.started', 'step.finished', ...noteKinds];

/** row → event, or null where the row can't be read, or isn't about a walk through the steps. */
export function parseEntry(row: JournalRow): TraceEvent | null {
  const read = readEvent(row);
  if (!read.readable) return null;
  const { event, written } = read;
  switch (event.kind) {
    case 'step.started':
      return { kind: 'step.started', pass: event.body.pass, step: event.body.step };
    case 'step.finished': {
      // What it repeats isn't there, or isn't what it says: the database puts it in its place elsewhere.
      if ('same' in event.body) return null;
      const { pass, step, outcome, findings, durationMs, next = null } = event.body;
      const counts = row.counts ?? countsOf(findings);
      return { kind: 'step.finished', pass, step, outcome, findings, counts, durationMs, next };
    }
    case 'request.received':
    case 'request.released':
      return noteOf(event, { state: 'passed', facts: factsOf(written) });
    case 'sign.intent':
    case 'sign.done':
      return noteOf(event, { state: 'running', facts: factsOf(written) });
    case 'host.asked':
      return noteOf(event, { state: 'running', facts: answersOf(event.body), asked: event.body });
    case 'signature.recovered':
      // Written by whoever brought a restored database up to date: it moves no step.
      return noteOf(event, { state: null, facts: factsOf(written) });
    case 'request.denied':
    case 'request.failed':
      // A refusal's summary repeats the findings it was written from.
      return noteOf(event, { state: null, facts: [] });
    default:
      return null;
  }
}

type Note = Extract<TraceEvent, { readonly kind: 'note' }>;
type NoteEvent = Extract<JournalEvent, { readonly kind: keyof typeof notes }>;

function noteOf(
  { kind, body }: NoteEvent,
  more: Pick<Note, 'state' | 'facts'> & Partial<Pick<Note, 'asked'>>,
): TraceEvent {
  const { step, outcome } = notes[kind];
  return {
    kind: 'note',
    pass: 'pass' in body ? body.pass : null,
    step: 'step' in body ? body.step : step,
    outcome,
    asked: null,
    ...more,
  };
}

/** A line for each answer, with what was judged of it. */
function answersOf({ api, answers }: JournalBody<'host.asked'>): (readonly [string, string])[] {
  const lines = answers.map(
    ({ question, path, at, status, sha256, said, problem }): readonly [string, string] => [
      question,
      [
        `GET ${path}: ${status === null ? 'no answer' : String(status)}, ${at}`,
        ...(sha256 === null ? [] : [`SHA-256 ${sha256}`]),
        ...(problem === null ? [] : [problem]),
        ...(said === null ? [] : [said]),
      ]
        .join('; ')
        .slice(0, 2_000),
    ],
  );
  return [['api', api], ...lines];
}

function countsOf(findings: readonly Finding[]): FindingCounts {
  const counts = { pass: 0, fail: 0, info: 0 };
  for (const { outcome } of findings) counts[outcome] += 1;
  return counts;
}

/** Entries that belong to a step without being its own beginning or end. */
export const noteKindsOf = (step: RequestStep): readonly JournalKind[] =>
  noteKinds.filter((kind) => notes[kind].step === step || (kind === 'host.asked' && step === 'recheck'));

const factsMax = 20;

/** The entry's own fields as text, one level deep; what is nested is shown as JSON. */
function factsOf(body: Readonly<Record<string, unknown>>): (readonly [string, string])[] {
  return Object.entries(body)
    .filter(([name, value]) => name !== 'pass' && name !== 'step' && value !== null && value !== undefined)
    .slice(0, factsMax)
    .map(([name, value]) => [
      name,
      (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 2_000),
    ]);
}
