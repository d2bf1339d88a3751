/** One journal entry as the trace understands it. The journal is another program's: parsed, not trusted. */
import { z } from 'zod';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { Finding } from '#core/wire/finding/index.ts';
import { requestSteps } from './status.ts';
import type { RequestStep } from './status.ts';

export interface JournalRow {
  readonly seq: bigint;
  readonly at: Date;
  readonly kind: string;
  readonly body: string;
  readonly entryHash: string;
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
    }
  | {
      readonly kind: 'note';
      readonly step: RequestStep;
      readonly done: boolean;
      readonly outcome: 'released' | 'denied' | 'failed' | null;
      readonly facts: readonly (readonly [label: string, text: string])[];
    }
);

const step = z.enum(requestSteps);
const text = z.string().max(20_000);
const sha256 = z.string().transform((value) => parseSha256Hex(value));

export const findingSchema: z.ZodType<Finding> = z
  .object({
    rule: text,
    outcome: z.enum(['pass', 'fail', 'info']),
    message: text,
    expected: text.nullable().default(null),
    found: text.nullable().default(null),
    fix: text.nullable().default(null),
    policy: z
      .object({ file: text, line: z.number().int(), column: z.number().int() })
      .nullable()
      .default(null),
    path: z.array(text).default([]),
    sha256: sha256.optional(),
  })
  .transform(({ sha256: digest, ...finding }) =>
    digest === undefined ? finding : { ...finding, sha256: digest },
  );

const pass = z.number().int().positive().optional();
const started = z.object({ pass, step });
const finished = z.object({
  pass,
  step,
  outcome: z.enum(['pass', 'fail', 'waiting', 'retry']),
  findings: z.array(findingSchema).max(10_000).default([]),
  /** Where the database has cut the entry. */
  counts: z.object({ pass: z.number().int(), fail: z.number().int(), info: z.number().int() }).optional(),
  durationMs: z.number().nonnegative().optional(),
});
const note = z.looseObject({ pass, step: step.optional() });

/** Which step an entry that is no step belongs to, and whether it ends the pass. */
const notes: Readonly<
  Record<string, { readonly step: RequestStep; readonly outcome: 'released' | 'denied' | 'failed' | null }>
> = {
  'request.received': { step: 'received', outcome: null },
  'sign.intent': { step: 'signing', outcome: null },
  'sign.done': { step: 'signing', outcome: null },
  'request.released': { step: 'release', outcome: 'released' },
  'request.denied': { step: 'received', outcome: 'denied' },
  'request.failed': { step: 'received', outcome: 'failed' },
};

/** What the signer writes of a file: two entries each, so there is no bound to how many a pass has. */
export const signingKinds: readonly string[] = ['sign.intent', 'sign.done'];

/** All that the trace knows. */
export const entryKinds: readonly string[] = ['step.started', 'step.finished', ...Object.keys(notes)];

/** row → event, or null where the row is of no known kind or shape. */
export function parseEntry(row: JournalRow): TraceEvent | null {
  let body: unknown;
  try {
    body = JSON.parse(row.body);
  } catch {
    return null;
  }
  if (row.kind === 'step.started') {
    const parsed = started.safeParse(body);
    return parsed.success
      ? { kind: 'step.started', pass: parsed.data.pass ?? null, step: parsed.data.step }
      : null;
  }
  if (row.kind === 'step.finished') {
    const parsed = finished.safeParse(body);
    if (!parsed.success) return null;
    const { data } = parsed;
    return {
      kind: 'step.finished',
      pass: data.pass ?? null,
      step: data.step,
      outcome: data.outcome,
      findings: data.findings,
      counts: data.counts ?? countsOf(data.findings),
      durationMs: data.durationMs ?? null,
    };
  }
  const known = Object.hasOwn(notes, row.kind) ? notes[row.kind] : undefined;
  const parsed = note.safeParse(body);
  if (known === undefined || !parsed.success) return null;
  return {
    kind: 'note',
    pass: parsed.data.pass ?? null,
    step: parsed.data.step ?? known.step,
    done: row.kind === 'request.released' || row.kind === 'request.received',
    outcome: known.outcome,
    // A refusal's summary repeats the findings it was written from.
    facts: known.outcome === 'denied' || known.outcome === 'failed' ? [] : factsOf(parsed.data),
  };
}

function countsOf(findings: readonly Finding[]): FindingCounts {
  const counts = { pass: 0, fail: 0, info: 0 };
  for (const { outcome } of findings) counts[outcome] += 1;
  return counts;
}

/** Entries that belong to a step without being its own beginning or end. */
export const noteKindsOf = (step: RequestStep): readonly string[] =>
  Object.keys(notes).filter((kind) => notes[kind]?.step === step);

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
