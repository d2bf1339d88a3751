/**
 * Signs inspection reports that nobody has signed yet. What gets signed is what the signer's journal names, and only after the document
 * in the release store was read again and has that digest.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { formatStatement, reportHeadSchema } from '#core/inspection-report/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import { readBody, stepFinished } from '#core/wire/journal/index.ts';
import { messageOf } from '../../ground/availability/index.ts';
import type { Database } from '../../ground/database/index.ts';
import type { ArtifactStore } from '../../ground/store/index.ts';
import { KeyHolderError, signLogTexts, type LogSigner } from '../../keyholder/index.ts';

export interface ReportSigningPorts {
  readonly database: Database;
  readonly log: LogSigner;
  /** The release store, to be read. */
  readonly released: ArtifactStore;
  readonly workDirectory: string;
  readonly now: () => Date;
}

export interface ReportsSigned {
  /** Requests. */
  readonly signed: readonly string[];
  /** Reports that could not be signed, each with the reason. */
  readonly problems: readonly string[];
}

/** Reports in one round, which the log's process signs together. */
const roundMax = 50;
/** Of those, reports that could not be signed before: they wait behind all others, and each gets its turn. */
const againMax = 10;

const rowSchema = z.object({
  request_id: z.string(),
  sha256: z.string().transform((text) => parseSha256Hex(text)),
  size_bytes: z.union([z.string(), z.bigint(), z.number()]).transform(Number),
  head: z.string(),
});
type Row = z.output<typeof rowSchema>;

/** Written while the scanner was away: the one that has its verdicts gets signed. What is quoted in a head has its quotes escaped. */
const isBeforeScan = `position('"passed":true' IN head) > 0 AND position('"reached":"inspection"' IN head) > 0`;

export async function signReports(ports: ReportSigningPorts): Promise<ReportsSigned> {
  const unsigned = `SELECT request_id::text, sha256, size_bytes, head FROM signer.inspection_report
      WHERE signed_at IS NULL AND NOT (${isBeforeScan})`;
  const fresh = await ports.database.query(
    `${unsigned} AND sign_failed_at IS NULL ORDER BY made_at, request_id LIMIT ${roundMax - againMax}`,
  );
  const again = await ports.database.query(
    `${unsigned} AND sign_failed_at IS NOT NULL ORDER BY sign_failed_at, request_id LIMIT ${againMax}`,
  );
  const signed: string[] = [];
  const problems: string[] = [];
  const unable = async (row: Row, error: unknown): Promise<void> => {
    problems.push(`the report of request ${row.request_id} is not signed: ${messageOf(error)}`);
    await failed(ports, row);
  };
  const ready: Ready[] = [];
  for (const row of [...fresh, ...again].map((one) => rowSchema.parse(one))) {
    try {
      ready.push(await prepare(ports, row));
    } catch (error) {
      await unable(row, error);
    }
  }
  for (const { row, answer } of await notesOf(ports, ready)) {
    try {
      if (!answer.ok) throw answer.error;
      await save(ports, row, answer);
      signed.push(row.request_id);
    } catch (error) {
      await unable(row, error);
    }
  }
  return { signed, problems };
}

interface Ready {
  readonly row: Row;
  readonly text: string;
  readonly signedAt: Date;
}

type Answered = Ready & {
  readonly answer:
    | { readonly ok: true; readonly note: string; readonly signedAt: Date }
    | { readonly ok: false; readonly error: Error };
};

/** What the log's process says to all of them, by one start of it. */
async function notesOf({ log }: ReportSigningPorts, ready: readonly Ready[]): Promise<readonly Answered[]> {
  if (ready.length === 0) return [];
  try {
    const texts = ready.map(({ text }) => text);
    const answers = await signLogTexts(log, texts);
    return ready.map((one, at): Answered => {
      const answer = answers[at] ?? {
        ok: false,
        error: new KeyHolderError('PROTOCOL', 'the log’s process left it out'),
      };
      return { ...one, answer: answer.ok ? { ...answer, signedAt: one.signedAt } : answer };
    });
  } catch (error) {
    const unsigned = error instanceof Error ? error : new Error(messageOf(error));
    return ready.map((one): Answered => ({ ...one, answer: { ok: false, error: unsigned } }));
  }
}

/** It goes to the end of the line. A later pass that writes another report begins anew. */
async function failed({ database, now }: ReportSigningPorts, row: Row): Promise<void> {
  await database.query(
    `UPDATE signer.inspection_report SET sign_failed_at = $3 WHERE request_id = $1 AND sha256 = $2 AND signed_at IS NULL`,
    [row.request_id, row.sha256, now()],
  );
}

async function prepare(ports: ReportSigningPorts, row: Row): Promise<Ready> {
  const { database, now } = ports;
  const { entry, entries } = await journalled(database, row);
  await requireDocument(ports, row);
  const head = reportHeadSchema.parse(JSON.parse(row.head));
  const signedAt = now();
  const text = formatStatement({
    request: row.request_id,
    artifactSha256: head.artifact.sha256,
    journal: entry,
    signedAt,
    sha256: row.sha256,
    sizeBytes: row.size_bytes,
    entries,
  });
  return { row, text, signedAt };
}

async function save(
  { database }: ReportSigningPorts,
  row: Row,
  { note, signedAt }: { readonly note: string; readonly signedAt: Date },
): Promise<void> {
  // A later pass may have written another report meanwhile.
  await database.query(
    `UPDATE signer.inspection_report SET note = $3, signed_at = $4, sign_failed_at = NULL WHERE request_id = $1 AND sha256 = $2 AND signed_at IS NULL`,
    [row.request_id, row.sha256, note, signedAt],
  );
}

const entrySchema = z.object({
  seq: z.union([z.string(), z.bigint(), z.number()]).transform(String),
  body: z.string(),
  entry_hash: z.string(),
});

/** The newest entry that names this report. */
async function journalled(database: Pick<Database, 'query'>, { request_id: id, sha256 }: Row) {
  const rows = await database.query(
    `SELECT seq, body, entry_hash FROM signer.journal
      WHERE request_id = $1 AND kind = $2 AND position($3 IN body) > 0 ORDER BY seq DESC LIMIT 20`,
    [id, stepFinished.kind, sha256],
  );
  for (const row of rows.map((one) => entrySchema.parse(one))) {
    const read = readBody(stepFinished.kind, row.body);
    const report = read.readable && 'report' in read.body ? read.body.report : undefined;
    if (report?.sha256 === sha256)
      return { entry: { seq: row.seq, hash: row.entry_hash }, entries: report.entries };
  }
  throw new RangeError('the journal names no such report');
}

async function requireDocument(
  { released, workDirectory }: ReportSigningPorts,
  { request_id: id, sha256, size_bytes: sizeBytes }: Row,
): Promise<void> {
  const file = join(workDirectory, `report-${id}`);
  // Left over from an interrupted run.
  await rm(file, { force: true });
  try {
    const found = await released.fetch(sha256, file, sizeBytes);
    if (found === null || found === 'too-large' || found.sha256 !== sha256)
      throw new RangeError('its document is not in the release store as it was written');
  } finally {
    await rm(file, { force: true });
  }
}
