/** Passes that ended since the journal was read last, as its entries have them; bodies are cut by the database, as they may be long. */
import { z } from 'zod';
import { calledParts } from '#core/wire/journal/index.ts';
import { parseRequestId, type RequestId } from '#core/ids/index.ts';
import { requestSteps } from '#core/wire/request/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { EndedPass, StepPlace } from './spans.ts';

const reader = 'traces';
/** Entries looked at in one run; the rest follow a few seconds later. */
const entriesMax = 500;
/** Of one pass. Ten steps take some twenty-five; a signer that is killed again and again starts steps again. */
const passEntriesMax = 300;
/** What is older when it is found is left out: a portal that was away, or traces only since today, begin near the present. */
const oldestMs = 3_600_000;

const placeSchema = z.array(z.object({ seq: z.bigint() }));
const endSchema = z.object({
  seq: z.bigint(),
  at: z.date(),
  request_id: z.string().nullable(),
  ends: z.boolean(),
});

/** An entry with which a pass may have ended. */
export interface PassEnd {
  readonly requestId: RequestId;
  readonly seq: bigint;
  readonly at: Date;
}

/**
 * Ends of passes behind where reading stands, which then stands behind them. Nothing where another portal reads: the row is
 * locked until the transaction ends.
 */
export async function takeEnds(transaction: Transaction, now: Date): Promise<readonly PassEnd[]> {
  const [place] = placeSchema.parse(
    await transaction.$queryRaw`
      SELECT seq FROM portal.journal_reading WHERE reader = ${reader} FOR UPDATE SKIP LOCKED`,
  );
  if (place === undefined) {
    // There is none yet, or it is locked: then this does nothing.
    await transaction.$executeRaw`
      INSERT INTO portal.journal_reading (reader, seq)
      SELECT ${reader}, coalesce(max(seq), 0) FROM signer.journal ON CONFLICT DO NOTHING`;
    return [];
  }
  const since = new Date(now.getTime() - oldestMs);
  const rows: unknown[] = await transaction.$queryRaw`
    SELECT seq, at, request_id::text,
           request_id IS NOT NULL AND (kind IN ('request.released', 'request.denied', 'request.failed')
             OR (kind = 'step.finished' AND (position('"outcome":"waiting"' IN body) > 0
                                          OR position('"outcome":"retry"' IN body) > 0))) AS ends
      FROM signer.journal
     WHERE seq > greatest(${place.seq}::bigint, coalesce(
             (SELECT seq FROM signer.journal WHERE at < ${since} ORDER BY at DESC, seq DESC LIMIT 1), 0))
     ORDER BY seq LIMIT ${entriesMax}`;
  const entries = rows.map((row) => endSchema.parse(row));
  const last = entries.at(-1);
  if (last === undefined) return [];
  await transaction.$executeRaw`
    UPDATE portal.journal_reading SET seq = ${last.seq} WHERE reader = ${reader}`;
  return entries.flatMap(({ seq, at, request_id: id, ends }) =>
    ends && id !== null ? [{ requestId: parseRequestId(id), seq, at }] : [],
  );
}

const requestSchema = z.object({ project: z.string(), policy: z.string(), submittedAt: z.date() });
const whole = z.int().nonnegative();
const factsSchema = z
  .object({
    step: z.enum(requestSteps),
    outcome: z.enum(['pass', 'fail', 'waiting', 'retry']).nullish(),
    /** The step that started with the end of this one. */
    next: z.enum(requestSteps).nullish(),
    calls: z
      .array(
        z.object({
          to: z.enum(calledParts),
          count: whole,
          failed: whole,
          fromMs: whole,
          toMs: whole,
          busyMs: whole,
        }),
      )
      .max(calledParts.length)
      .nullish()
      .catch([]),
  })
  .nullable()
  .catch(null);
const entrySchema = z.object({
  seq: z.bigint(),
  at: z.date(),
  kind: z.string(),
  pass: z.number().nullable(),
  facts: factsSchema,
});
type Entry = z.infer<typeof entrySchema>;

const endings = {
  'request.released': 'released',
  'request.denied': 'denied',
  'request.failed': 'failed',
} as const;

/** The pass that ended there; null: none did, or its entries can't be read. */
export async function readPass(transaction: Transaction, end: PassEnd): Promise<EndedPass | null> {
  const { requestId } = end;
  const [found] = z.array(requestSchema).parse(
    await transaction.$queryRaw`
      SELECT project_slug AS project, policy_slug AS policy, submitted_at AS "submittedAt"
        FROM portal.signing_request WHERE id = ${requestId}::uuid`,
  );
  if (found === undefined) return null;
  // Of each kind the newest: an entry's kind and number are how the index has them.
  const rows: unknown[] = await transaction.$queryRaw`
    SELECT entry.seq, entry.at, entry.kind,
           CASE WHEN document.value ->> 'pass' ~ '^[1-9][0-9]{0,8}$' THEN (document.value ->> 'pass')::int END AS pass,
           CASE WHEN entry.kind IN ('step.started', 'step.finished') THEN jsonb_build_object(
             'step', document.value -> 'step', 'outcome', document.value -> 'outcome',
             'next', document.value -> 'next', 'calls', document.value -> 'calls') END AS facts
      FROM unnest('{request.received,step.started,step.finished,request.released,request.denied,request.failed}'::text[]) AS known(kind)
      CROSS JOIN LATERAL (
        SELECT seq, at, kind, body FROM signer.journal
         WHERE request_id = ${requestId}::uuid AND (kind, seq) >= (known.kind, 0::bigint)
           AND (kind, seq) <= (known.kind, ${end.seq}::bigint)
         ORDER BY kind DESC, seq DESC LIMIT ${passEntriesMax}) AS entry
      CROSS JOIN LATERAL (
        SELECT CASE WHEN signer.reads_as_json(entry.body) THEN entry.body::jsonb END AS value OFFSET 0) AS document
     ORDER BY entry.seq`;
  const entries = rows.map((row) => entrySchema.parse(row));
  const last = entries.at(-1);
  const number = last?.pass ?? 1;
  const own = entries.filter(({ pass }) => (pass ?? 1) === number);
  const [first] = own;
  if (first === undefined || last?.seq !== end.seq) return null;
  const outcome = outcomeOf(last);
  if (outcome === null) return null;
  const before = entries.filter(({ seq }) => seq < first.seq).at(-1);
  return {
    requestId,
    ...found,
    number,
    wait: waitBefore(before, found.submittedAt),
    startedAt: first.at,
    endedAt: last.at,
    outcome,
    steps: stepsOf(own),
  };
}

function outcomeOf({ kind, facts }: Entry): EndedPass['outcome'] | null {
  if (kind in endings) return endings[kind as keyof typeof endings];
  if (facts?.outcome === 'waiting') return 'waiting';
  return facts?.outcome === 'retry' ? 'retrying' : null;
}

function waitBefore(before: Entry | undefined, submittedAt: Date): EndedPass['wait'] {
  if (before === undefined) return { what: 'queue', since: submittedAt };
  const { at, facts } = before;
  // What neither waited nor was to be retried was broken off, and taken again from the queue.
  const what =
    facts?.outcome === 'waiting' ? 'approval' : facts?.outcome === 'retry' ? 'retry' : ('queue' as const);
  return { what, since: at };
}

function stepsOf(entries: readonly Entry[]): readonly StepPlace[] {
  const steps: StepPlace[] = [];
  for (const { kind, at, facts } of entries) {
    if (facts === null) continue;
    const open = steps.at(-1);
    if (kind === 'step.started') steps.push({ step: facts.step, startedAt: at, ended: null });
    if (kind !== 'step.finished') continue;
    const { outcome, next, calls } = facts;
    if (open?.step === facts.step && open.ended === null && typeof outcome === 'string')
      steps[steps.length - 1] = {
        ...open,
        ended: { at, outcome, calls: (calls ?? []).filter(({ count }) => count > 0) },
      };
    // Its end is the next one's start.
    if (typeof next === 'string') steps.push({ step: next, startedAt: at, ended: null });
  }
  return steps;
}
