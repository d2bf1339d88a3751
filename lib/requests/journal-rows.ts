/**
 * Journal entries of one request, cut by the database: a step's entry lists thousands of findings, and a page shows a few of them.
 * The journal is another program's, so nothing here takes an entry for JSON before the database has said that it is.
 */
import { z } from 'zod';
import type { RequestId } from '../core/ids/index.ts';
import type { Database } from '../platform/db/index.ts';
import { keptRows } from './kept-rows.ts';
import type { JournalRow } from './trace-entry.ts';

/** Of a pass, besides what is signed: ten steps take some twenty-five. */
const entriesMax = 300;
/** Findings of a step, and signatures, that the overview of a pass shows. */
export const shownMax = 5;
const bodyCharactersMax = 100_000;
/** A longer finding of the overview is cut; the step's own page has it whole. */
const findingBytesMax = 8_000;
const textCharactersMax = 1_000;
const pathBytesMax = 4_000;
/** Of all findings of one page. */
const pageBytesMax = 256 * 1024;

export interface PassLine {
  readonly number: number;
  readonly startedAt: Date;
  readonly outcome: 'released' | 'denied' | 'failed' | 'waiting' | 'retrying' | null;
}

/** A pass and where its entries are: from `first` to before `next`. */
export interface PassPlace extends PassLine {
  readonly first: bigint;
  readonly next: bigint | null;
}

const placeSchema = z.object({
  number: z.number(),
  first: z.bigint(),
  next: z.bigint().nullable(),
  startedAt: z.date(),
  outcome: z.enum(['released', 'denied', 'failed', 'waiting', 'retrying']).nullable().catch(null),
});

/**
 * The newest passes up to `upTo` (null: the last), newest first. An entry without a pass belongs to the one at work. What marks a
 * pass is small; of each pass listed, the last entry alone is opened to see how it ended.
 */
export async function readPasses(
  db: Database,
  input: { readonly requestId: RequestId; readonly upTo: number | null; readonly limit: number },
): Promise<readonly PassPlace[]> {
  const { requestId, upTo, limit } = input;
  const rows = await db.$queryRaw<unknown[]>`
    WITH marked AS (
      SELECT seq, at, CASE WHEN pg_input_is_valid(body, 'jsonb') AND body::jsonb ->> 'pass' ~ '^[1-9][0-9]{0,8}$'
                           THEN (body::jsonb ->> 'pass')::int END AS pass
        FROM signer.journal
       WHERE request_id = ${requestId}::uuid
         AND kind IN ('step.started', 'request.received', 'request.released', 'request.denied', 'request.failed')
    ), pass AS (
      SELECT number, min(seq) AS first, min(at) AS started_at
        FROM (SELECT seq, at, coalesce(max(pass) OVER (ORDER BY seq), 1) AS number FROM marked) AS numbered
       GROUP BY number
    ), place AS (
      SELECT number, CASE WHEN lag(number) OVER placed IS NULL THEN 0 ELSE first END AS first,
             lead(first) OVER placed AS next, started_at
        FROM pass WINDOW placed AS (ORDER BY number)
    ), asked AS (
      SELECT * FROM place WHERE ${upTo}::int IS NULL OR number <= ${upTo}::int ORDER BY number DESC LIMIT ${limit}::int
    )
    SELECT asked.number, asked.first, asked.next, asked.started_at AS "startedAt",
           CASE ended.kind
             WHEN 'request.released' THEN 'released'
             WHEN 'request.denied' THEN 'denied'
             WHEN 'request.failed' THEN 'failed'
             WHEN 'step.finished' THEN
               CASE WHEN pg_input_is_valid(ended.body, 'jsonb') THEN
                 CASE ended.body::jsonb ->> 'outcome' WHEN 'waiting' THEN 'waiting' WHEN 'retry' THEN 'retrying' END END
           END AS outcome
      FROM asked
      LEFT JOIN LATERAL (
        SELECT kind, body FROM signer.journal
         WHERE request_id = ${requestId}::uuid AND seq >= asked.first AND (asked.next IS NULL OR seq < asked.next)
           AND kind IN ('step.finished', 'request.released', 'request.denied', 'request.failed')
         ORDER BY seq DESC LIMIT 1
      ) AS ended ON true
     ORDER BY asked.number DESC`;
  return rows.map((row) => placeSchema.parse(row));
}

const rowSchema = z.object({
  seq: z.bigint(),
  at: z.date(),
  kind: z.string(),
  body: z.string(),
  entryHash: z.string(),
});

/**
 * The entries of a pass as its overview needs them, in order; of steps, counts and the first findings, failures first; of what was
 * signed, the first files. An entry never changes, so what was cut once is kept.
 */
export async function readEntries(
  db: Database,
  requestId: RequestId,
  { first, next }: PassPlace,
): Promise<readonly JournalRow[]> {
  const found = await db.$queryRaw<{ seq: bigint }[]>`
    SELECT seq FROM (
      (SELECT seq FROM signer.journal
        WHERE request_id = ${requestId}::uuid AND seq >= ${first} AND (${next}::bigint IS NULL OR seq < ${next}::bigint)
          AND kind NOT IN ('sign.intent', 'sign.done')
        ORDER BY seq LIMIT ${entriesMax}::int)
      UNION ALL
      (SELECT seq FROM signer.journal
        WHERE request_id = ${requestId}::uuid AND seq >= ${first} AND (${next}::bigint IS NULL OR seq < ${next}::bigint)
          AND kind IN ('sign.intent', 'sign.done')
        ORDER BY seq LIMIT ${shownMax}::int)
    ) AS entry ORDER BY seq`;
  const seqs = found.map((one) => one.seq);
  const kept = keptRows(db);
  const missing = seqs.filter((seq) => kept.get(seq) === undefined);
  const read = new Map((await cutEntries(db, missing)).map((row) => [row.seq, row]));
  for (const row of read.values()) kept.set(row);
  return seqs.flatMap((seq) => read.get(seq) ?? kept.get(seq) ?? []);
}

async function cutEntries(db: Database, seqs: readonly bigint[]): Promise<readonly JournalRow[]> {
  if (seqs.length === 0) return [];
  const rows = await db.$queryRaw<unknown[]>`
    SELECT entry.seq, entry.at, entry.kind, entry.entry_hash AS "entryHash",
           CASE WHEN document.value IS NULL THEN left(entry.body, ${bodyCharactersMax}::int)
                ELSE jsonb_strip_nulls(jsonb_build_object(
                       'pass', document.value -> 'pass', 'step', document.value -> 'step',
                       'outcome', document.value -> 'outcome', 'durationMs', document.value -> 'durationMs',
                       'counts', listed.counts, 'findings', listed.shown))::text
           END AS body
      FROM signer.journal AS entry
      CROSS JOIN LATERAL (
        SELECT CASE WHEN entry.kind = 'step.finished' AND pg_input_is_valid(entry.body, 'jsonb')
                    THEN entry.body::jsonb END AS value OFFSET 0
      ) AS document
      CROSS JOIN LATERAL (
        SELECT jsonb_build_object('pass', count(*) FILTER (WHERE outcome = 'pass'),
                                  'fail', count(*) FILTER (WHERE outcome = 'fail'),
                                  'info', count(*) FILTER (WHERE outcome = 'info')) AS counts,
               coalesce(jsonb_agg(CASE WHEN octet_length(finding::text) <= ${findingBytesMax}::int THEN finding ELSE
                   jsonb_build_object(
                     'rule', left(finding ->> 'rule', ${textCharactersMax}::int), 'outcome', finding -> 'outcome',
                     'message', left(finding ->> 'message', ${textCharactersMax}::int) || '…',
                     'expected', left(finding ->> 'expected', ${textCharactersMax}::int),
                     'found', left(finding ->> 'found', ${textCharactersMax}::int),
                     'fix', left(finding ->> 'fix', ${textCharactersMax}::int),
                     'policy', finding -> 'policy', 'sha256', finding -> 'sha256',
                     'path', CASE WHEN octet_length((finding -> 'path')::text) <= ${pathBytesMax}::int
                                  THEN finding -> 'path' ELSE '["…"]'::jsonb END)
                 END ORDER BY rank) FILTER (WHERE rank <= ${shownMax}::int), '[]'::jsonb) AS shown
          FROM (
            SELECT finding, finding ->> 'outcome' AS outcome,
                   row_number() OVER (ORDER BY finding ->> 'outcome' = 'fail' DESC NULLS LAST, place) AS rank
              FROM jsonb_array_elements(CASE WHEN jsonb_typeof(document.value -> 'findings') = 'array'
                                             THEN document.value -> 'findings' ELSE '[]'::jsonb END)
                   WITH ORDINALITY AS element(finding, place)
          ) AS ranked
      ) AS listed
     WHERE entry.seq = ANY(${[...seqs]}::bigint[])`;
  return rows.map((row) => rowSchema.parse(row));
}

/** Where a page of findings goes on: after this one of the entry `seq`. Failures come first. */
export interface FindingPlace {
  readonly seq: bigint;
  readonly failed: boolean;
  /** counts from 1, in the order of the entry */
  readonly place: number;
}

export interface FindingRow {
  readonly finding: unknown;
  readonly failed: boolean;
  readonly place: number;
}

const findingRowSchema = z.object({
  ...{ finding: z.unknown(), failed: z.boolean(), place: z.number() },
  /** on this page and after it, as far as was looked */
  found: z.number(),
});

/** Findings of one entry that is known to be readable after a place, failures first, of paths that hold `file` (null: all); as many as fit in a page. */
export async function readFindings(
  db: Database,
  input: {
    readonly seq: bigint;
    readonly after: FindingPlace | null;
    readonly file: string | null;
    readonly limit: number;
  },
): Promise<{ readonly rows: readonly FindingRow[]; readonly more: boolean }> {
  const { seq, after, file, limit } = input;
  const afterFailed = after?.failed ?? true;
  const afterPlace = after?.place ?? 0;
  const rows = await db.$queryRaw<unknown[]>`
    WITH document AS MATERIALIZED (
      SELECT body::jsonb -> 'findings' AS findings FROM signer.journal WHERE seq = ${seq}
    ), page AS (
      SELECT finding, failed, place
        FROM (SELECT finding, place, coalesce(finding ->> 'outcome' = 'fail', false) AS failed
                FROM document, jsonb_array_elements(CASE WHEN jsonb_typeof(findings) = 'array' THEN findings
                                                         ELSE '[]'::jsonb END)
                     WITH ORDINALITY AS element(finding, place)) AS element
       WHERE (NOT failed, place) > (NOT ${afterFailed}::boolean, ${afterPlace}::bigint)
         AND (${file}::text IS NULL OR position(lower(${file}::text) IN lower((
               SELECT string_agg(part, ' › ')
                 FROM jsonb_array_elements_text(CASE WHEN jsonb_typeof(finding -> 'path') = 'array' THEN finding -> 'path'
                                                     ELSE '[]'::jsonb END) AS part))) > 0)
       ORDER BY NOT failed, place
       LIMIT ${limit + 1}::int
    )
    SELECT finding, failed, place::int, (SELECT count(*) FROM page)::int AS found
      FROM (SELECT *, sum(octet_length(finding::text)) OVER (ORDER BY NOT failed, place) - octet_length(finding::text) AS before
              FROM page) AS sized
     WHERE before < ${pageBytesMax}::int
     ORDER BY NOT failed, place LIMIT ${limit}::int`;
  const parsed = rows.map((row) => findingRowSchema.parse(row));
  return { rows: parsed, more: (parsed[0]?.found ?? 0) > parsed.length };
}

/** Entries of some kinds in a pass, after one; whose text holds `file` (null: all). */
export async function readNotes(
  db: Database,
  input: {
    readonly requestId: RequestId;
    readonly pass: PassPlace;
    readonly kinds: readonly string[];
    readonly after: bigint;
    readonly file: string | null;
    readonly limit: number;
  },
): Promise<readonly JournalRow[]> {
  const { requestId, pass, kinds, after, file, limit } = input;
  const rows = await db.$queryRaw<unknown[]>`
    SELECT seq, at, kind, left(body, ${bodyCharactersMax}::int) AS body, entry_hash AS "entryHash"
      FROM signer.journal
     WHERE request_id = ${requestId}::uuid AND seq >= ${pass.first} AND (${pass.next}::bigint IS NULL OR seq < ${pass.next}::bigint)
       AND seq > ${after} AND kind = ANY(${[...kinds]}::text[])
       AND (${file}::text IS NULL OR position(lower(${file}::text) IN lower(body)) > 0)
     ORDER BY seq LIMIT ${limit}::int`;
  return rows.map((row) => rowSchema.parse(row));
}

/** How many entries of some kinds a pass has. */
export async function countNotes(
  db: Database,
  requestId: RequestId,
  pass: PassPlace,
  kinds: readonly string[],
): Promise<number> {
  return db.journalEntry.count({
    where: {
      requestId,
      seq: { gte: pass.first, ...(pass.next === null ? {} : { lt: pass.next }) },
      kind: { in: [...kinds] },
    },
  });
}
