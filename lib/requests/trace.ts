/**
 * The decision trace: what the signer checked, in order, with the results. Built from the journal
 * alone, because the journal is what happened; nothing here decides anything.
 */
import { isFinal, requestSteps } from './status.ts';
import type { RequestStatus, RequestStep } from './status.ts';
import { parseEntry } from './trace-entry.ts';
import type { FindingCounts, HostLook, JournalRow, TraceEvent } from './trace-entry.ts';
import type { Finding } from '#core/wire/finding/index.ts';

export type StepState = 'passed' | 'failed' | 'waiting' | 'retrying' | 'running' | 'not-reached';

export interface TraceStep {
  readonly step: RequestStep;
  readonly state: StepState;
  /** How many findings there are; `findings` has the first of them, failures first. */
  readonly counts: FindingCounts;
  /** The entry that lists them all; null: none does yet. */
  readonly entry: bigint | null;
  readonly findings: readonly Finding[];
  readonly startedAt: Date | null;
  readonly durationMs: number | null;
  /** What the signer wrote besides the findings, oldest first: intents, signatures, the release. */
  readonly notes: readonly TraceNote[];
}

export interface TraceNote {
  readonly seq: bigint;
  readonly at: Date;
  readonly kind: string;
  /** Facts of the entry as label and text. */
  readonly facts: readonly (readonly [label: string, text: string])[];
  /** Of `host.asked`: what was asked and answered. */
  readonly asked: HostLook | null;
}

export interface TracePass {
  readonly number: number;
  readonly startedAt: Date | null;
  readonly steps: readonly TraceStep[];
  /** How the pass ended, or null while it is under way. */
  readonly outcome: 'released' | 'denied' | 'failed' | 'waiting' | 'retrying' | null;
  readonly journal: { readonly first: bigint; readonly last: bigint; readonly lastHash: string } | null;
}

export interface BuiltTrace {
  /** Newest first; there is always at least one. */
  readonly passes: readonly TracePass[];
  /** Journal entries that could not be read; shown, never hidden. */
  readonly unreadable: readonly bigint[];
}

interface Draft {
  number: number;
  steps: Map<RequestStep, DraftStep>;
  outcome: TracePass['outcome'];
  startedAt: Date | null;
  journal: TracePass['journal'];
}

interface DraftStep {
  state: StepState;
  counts: FindingCounts;
  entry: bigint | null;
  findings: readonly Finding[];
  startedAt: Date | null;
  durationMs: number | null;
  notes: TraceNote[];
}

/** journal rows of one request, in order of seq → its trace. Never throws: an unexpected entry is reported. */
export function buildTrace(input: {
  readonly submittedAt: Date;
  readonly status: RequestStatus;
  readonly entries: readonly JournalRow[];
}): BuiltTrace {
  const drafts: Draft[] = [];
  const unreadable: bigint[] = [];
  for (const row of input.entries) {
    const parsed = parseEntry(row);
    if (parsed === null) {
      unreadable.push(row.seq);
      continue;
    }
    const draft = draftFor(drafts, parsed);
    draft.journal = { first: draft.journal?.first ?? row.seq, last: row.seq, lastHash: row.entryHash };
    draft.startedAt ??= row.at;
    apply(draft, parsed, row);
  }
  if (drafts.length === 0) drafts.push(newDraft(1));
  const passes = drafts.map((draft) => finish(draft, input.submittedAt)).reverse();
  return { passes: isFinal(input.status) ? passes.map(settle) : passes, unreadable };
}

/** Entries carry their pass; one that doesn't belongs to the pass at work. */
function draftFor(drafts: Draft[], event: TraceEvent): Draft {
  const current = drafts.at(-1);
  if (current !== undefined && (event.pass === null || event.pass === current.number)) return current;
  const draft = newDraft(event.pass ?? 1);
  drafts.push(draft);
  return draft;
}

const newDraft = (number: number): Draft => ({
  number,
  steps: new Map(),
  outcome: null,
  startedAt: null,
  journal: null,
});

function stepOf(draft: Draft, step: RequestStep): DraftStep {
  const found = draft.steps.get(step);
  if (found !== undefined) return found;
  const made: DraftStep = {
    state: 'not-reached',
    counts: { pass: 0, fail: 0, info: 0 },
    entry: null,
    findings: [],
    startedAt: null,
    durationMs: null,
    notes: [],
  };
  draft.steps.set(step, made);
  return made;
}

const stateOf = { pass: 'passed', fail: 'failed', waiting: 'waiting', retry: 'retrying' } as const;

function apply(draft: Draft, event: TraceEvent, row: JournalRow): void {
  switch (event.kind) {
    case 'step.started':
      start(draft, event.step, row);
      return;
    case 'step.finished': {
      const step = stepOf(draft, event.step);
      step.state = stateOf[event.outcome];
      step.findings = event.findings;
      step.counts = event.counts;
      step.entry = row.seq;
      step.durationMs = event.durationMs;
      if (event.outcome === 'waiting') draft.outcome = 'waiting';
      if (event.outcome === 'retry') draft.outcome = 'retrying';
      if (event.next !== null) start(draft, event.next, row);
      return;
    }
    case 'note': {
      const step = stepOf(draft, event.step);
      if (event.state === 'passed') step.state = 'passed';
      else if (event.state === 'running' && step.state === 'not-reached') step.state = 'running';
      step.notes.push({ seq: row.seq, at: row.at, kind: row.kind, facts: event.facts, asked: event.asked });
      if (event.outcome !== null) draft.outcome = event.outcome;
    }
  }
}

function start(draft: Draft, name: RequestStep, { at }: JournalRow): void {
  const step = stepOf(draft, name);
  step.state = 'running';
  step.startedAt = at;
}

function finish(draft: Draft, submittedAt: Date): TracePass {
  const received = stepOf(draft, 'received');
  if (received.state === 'not-reached') {
    received.state = draft.journal === null ? 'waiting' : 'passed';
    received.startedAt = submittedAt;
  }
  return {
    number: draft.number,
    startedAt: draft.startedAt,
    outcome: draft.outcome,
    journal: draft.journal,
    steps: requestSteps.map((step) => ({ step, ...stepOf(draft, step) })),
  };
}

/** Once a request has ended no step is in progress, whatever a crash left unfinished. */
function settle(pass: TracePass): TracePass {
  const settled = pass.steps.map((step) =>
    step.state === 'running'
      ? { ...step, state: pass.outcome === 'failed' ? ('failed' as const) : step.state }
      : step,
  );
  return { ...pass, steps: settled };
}
