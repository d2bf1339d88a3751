/**
 * Journal entries of one request, cut by the database: a step's entry lists thousands of findings, and a page shows a few of them.
 * The journal is another program's, so nothing here takes an entry for JSON before the database has said that it is.
 */
import { z } from 'zod';
import type { RequestId } from '#core/ids/index.ts';
import { sql, type Database, type Sql } from '../platform/db/index.ts';
import { seqMax } from './find-passes.ts';
import type { PassPlace } from './find-passes.ts';
import { keptRows } from './kept-rows.ts';
import { entryKinds, signingKinds } from './trace-entry.ts';
import type { JournalRow } from './trace-entry.ts';

/** Of a pass, besides what is signed: ten steps take some twenty-five. */
const entriesMax = 300;
/** Kinds of entries of one request that are looked for besides those that the trace knows. */
const kindsMax = 50;
/** Findings of a step, and signatures, that the overview of a pass shows. */
export const shownMax = 5;
const bodyCharactersMax = 100_000;
/** A longer finding of the overview is cut; the step's own page has it whole. */
const findingBytesMax = 8_000;
const textCharactersMax = 1_000;
const pathBytesMax = 4_000;
/** Of all findings of one page. */
const pageBytesMax = 256 * 1024;

/** Of an entry, with its body cut. */
export const rowSchema = z.object({
  seq: z.bigint(),
  at: z.date(),
  kind: z.string(),
  body: z.string(),
  entryHash: z.string(),
  counts: z.object({ pass: z.number(), fail: z.number(), info: z.number() }).nullable().default(null),
});

/**
 * The entries of a pass as its overview needs them, in order; of steps, counts and the first findings, failures first; of what was
 * signed, the first files. An entry never changes, so what was cut once is kept. Kinds that nobody here knows are looked up by a loose
 * index scan: what a later signer writes is shown, and what was signed isn't walked for it.
 */
export async function readEntries(
  db: Database,
  requestId: RequestId,
  { first, next }: PassPlace,
): Promise<readonly JournalRow[]> {
  const found = await db.$queryRaw<{ seq: bigint }[]>`
    WITH RECURSIVE step AS (
      (SELECT kind FROM signer.journal WHERE request_id = ${requestId}::uuid ORDER BY kind LIMIT 1)
      UNION ALL
      SELECT (SELECT later.kind FROM signer.journal AS later
               WHERE later.request_id = ${requestId}::uuid AND later.kind > step.kind ORDER BY later.kind LIMIT 1)
        FROM step WHERE step.kind IS NOT NULL
    ), known AS (
      SELECT unnest(${[...entryKinds]}::text[]) AS kind
      UNION (SELECT kind FROM step WHERE kind IS NOT NULL LIMIT ${kindsMax}::int)
    )
    (SELECT entry.seq FROM known CROSS JOIN LATERAL (
        SELECT seq FROM signer.journal
         WHERE request_id = ${requestId}::uuid AND (kind, seq) >= (known.kind, ${first}::bigint)
           AND (kind, seq) < (known.kind, ${next ?? seqMax}::bigint)
         ORDER BY kind, seq LIMIT ${entriesMax}::int) AS entry
      WHERE known.kind <> ALL(${[...signingKinds]}::text[])
      ORDER BY entry.seq LIMIT ${entriesMax}::int)
    UNION ALL
    (SELECT entry.seq FROM unnest(${[...signingKinds]}::text[]) AS signed(kind) CROSS JOIN LATERAL (
        SELECT seq FROM signer.journal
         WHERE request_id = ${requestId}::uuid AND (kind, seq) >= (signed.kind, ${first}::bigint)
           AND (kind, seq) < (signed.kind, ${next ?? seqMax}::bigint)
         ORDER BY kind, seq LIMIT ${shownMax}::int) AS entry
      ORDER BY entry.seq LIMIT ${shownMax}::int)
    ORDER BY seq`;
  const seqs = found.map((row) => row.seq);
  const kept = keptRows(db);
  const missing = seqs.filter((seq) => kept.get(seq) === undefined);
  const read = new Map((await cutEntries(db, missing)).map((row) => [row.seq, row]));
  for (const row of read.values()) kept.set(row);
  return seqs.flatMap((seq) => read.get(seq) ?? kept.get(seq) ?? []);
}

/** Signed files of a release that a page shows; its signatures have pages of their own. */
const signaturesMax = 20;

/**
 * The body of an entry that is no step's end, within its bound: of a long release the first signatures, so that the rest can still be
 * read; of what else is too long, text that nobody can.
 */
export const boundedBody = (entry: Sql): Sql => sql`
  CASE WHEN length(${entry}.body) <= ${bodyCharactersMax}::int THEN ${entry}.body
       WHEN ${entry}.kind = 'request.released' AND signer.reads_as_json(${entry}.body)
       THEN left(jsonb_set(${entry}.body::jsonb, '{signatures}', (
              SELECT coalesce(jsonb_agg(signature ORDER BY place), '[]'::jsonb)
                FROM jsonb_array_elements(
                       CASE WHEN jsonb_typeof(${entry}.body::jsonb -> 'signatures') = 'array'
                            THEN ${entry}.body::jsonb -> 'signatures' ELSE '[]'::jsonb END)
                     WITH ORDINALITY AS element(signature, place)
               WHERE place <= ${signaturesMax}::int))::text, ${bodyCharactersMax}::int)
       ELSE left(${entry}.body, ${bodyCharactersMax}::int) END`;

/**
 * Of the end of a step, the document that has its findings: its own, or that of the entry that it repeats (decision 0146), which is an
 * earlier one of the same request; null: that isn't there.
 */
const foundBy = (entry: Sql, document: Sql): Sql => sql`
  CASE WHEN ${document} -> 'same' IS NULL THEN ${document} ELSE (
    SELECT CASE WHEN signer.reads_as_json(source.body) AND source.body::jsonb -> 'same' IS NULL THEN source.body::jsonb END
      FROM signer.journal AS source
     WHERE source.seq = CASE WHEN ${document} -> 'same' ->> 'entry' ~ '^[1-9][0-9]{0,17}$'
                             THEN (${document} -> 'same' ->> 'entry')::bigint END
       AND source.seq < ${entry}.seq AND source.request_id = ${entry}.request_id AND source.kind = ${entry}.kind) END`;

async function cutEntries(db: Database, seqs: readonly bigint[]): Promise<readonly JournalRow[]> {
  if (seqs.length === 0) return [];
  const rows = await db.$queryRaw<unknown[]>`
    SELECT entry.seq, entry.at, entry.kind, entry.entry_hash AS "entryHash",
           CASE WHEN document.value IS NULL THEN ${boundedBody(sql`entry`)}
                ELSE jsonb_strip_nulls(jsonb_build_object(
                       'pass', document.value -> 'pass', 'step', document.value -> 'step',
                       'outcome', document.value -> 'outcome', 'durationMs', document.value -> 'durationMs',
                       'next', document.value -> 'next',
                       'attempt', document.value -> 'attempt', 'attemptsMax', document.value -> 'attemptsMax',
                       'retryAt', document.value -> 'retryAt')
                     || CASE WHEN found.value IS NULL
                             THEN jsonb_build_object('version', document.value -> 'version', 'same', document.value -> 'same')
                             ELSE jsonb_build_object('version', found.value -> 'version', 'findings', listed.shown) END)::text
           END AS body, CASE WHEN document.value IS NOT NULL THEN listed.counts END AS counts
      FROM signer.journal AS entry
      CROSS JOIN LATERAL (
        SELECT CASE WHEN entry.kind = 'step.finished' AND signer.reads_as_json(entry.body)
                    THEN entry.body::jsonb END AS value OFFSET 0
      ) AS document
      CROSS JOIN LATERAL (SELECT ${foundBy(sql`entry`, sql`document.value`)} AS value OFFSET 0) AS found
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
              FROM jsonb_array_elements(CASE WHEN jsonb_typeof(found.value -> 'findings') = 'array'
                                             THEN found.value -> 'findings' ELSE '[]'::jsonb END)
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
  finding: z.unknown(),
  failed: z.boolean(),
  place: z.number(),
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
    WITH own AS MATERIALIZED (
      SELECT seq, request_id, kind, body::jsonb AS value FROM signer.journal WHERE seq = ${seq}
    ), document AS MATERIALIZED (
      SELECT ${foundBy(sql`own`, sql`own.value`)} -> 'findings' AS findings FROM own
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
