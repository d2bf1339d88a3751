/**
 * A report as its document in the release store, and as rows that pages search. The document is what the journal names and what gets
 * signed; the rows are an index of it, of each request's newest report.
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import {
  documentLines,
  headText,
  layOutTreeInSteps,
  rowsOf,
  type InspectionReport,
  type ReportRow,
} from '#core/inspection-report/index.ts';
import { parseSha256Hex, type RequestId, type Sha256Hex } from '#core/ids/index.ts';
import type { StepFacts } from '#core/wire/journal/index.ts';
import type { Database, Transaction } from '../../ground/database/index.ts';
import { inTurns } from '../../ground/in-turns/index.ts';
import type { ReleaseStore } from '../../ground/store/index.ts';

/** As the journal has it. */
export type WrittenReport = NonNullable<StepFacts['report']>;

interface ReportPorts {
  readonly database: Pick<Database, 'query'>;
  readonly releases: ReleaseStore;
  /** Writes in one transaction, if the request is still this signer's. */
  readonly write: (work: (transaction: Transaction, at: Date) => Promise<void>) => Promise<void>;
}

interface ReportPlace {
  readonly requestId: RequestId;
  readonly project: string;
  /** File of the artifact configuration in the policy repository. */
  readonly configuration: string;
  /** The request's own folder. */
  readonly directory: string;
}

const charactersAtOnce = 256 * 1024;
/** Made and sent in a few dozen milliseconds: the daemon has leases to keep meanwhile. */
const rowsAtOnce = 250;

export async function writeReport(
  { database, releases, write }: ReportPorts,
  place: ReportPlace,
  report: InspectionReport,
): Promise<WrittenReport> {
  const file = path.join(place.directory, 'report.json');
  const { sha256, sizeBytes } = await writeDocument(file, report);
  await releases.put(file, sha256);
  const written = { sha256, sizeBytes, entries: report.entries.length };
  // Each pass inspects anew; where it found the same, nothing is written.
  if ((await storedReport(database, place.requestId)) === sha256) return written;
  const nodes = await inTurns(layOutTreeInSteps(report.entries));
  await write(async (transaction, at) => {
    for (const table of ['inspected_entry', 'inspection_report'])
      await transaction.query(`DELETE FROM signer.${table} WHERE request_id = $1`, [place.requestId]);
    await transaction.query(
      `INSERT INTO signer.inspection_report (request_id, project, configuration, sha256, size_bytes, head, made_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [place.requestId, place.project, place.configuration, sha256, sizeBytes, headText(report.head), at],
    );
    // The daemon has other requests to look after: no more rows are made at once than are written.
    let rows: ReportRow[] = [];
    for (const row of rowsOf(nodes)) {
      rows.push(row);
      if (rows.length < rowsAtOnce) continue;
      await insertRows(transaction, place.requestId, rows);
      rows = [];
    }
    if (rows.length > 0) await insertRows(transaction, place.requestId, rows);
  });
  return written;
}

/** Whether there is one to be searched: what a pass found stays until another has found as much. */
export const isReported = async (database: Pick<Database, 'query'>, id: RequestId): Promise<boolean> =>
  (await storedReport(database, id)) !== null;

async function writeDocument(
  file: string,
  report: InspectionReport,
): Promise<{ readonly sha256: Sha256Hex; readonly sizeBytes: number }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const handle = await open(file, 'w', 0o600);
  const append = async (text: string): Promise<void> => {
    const bytes = Buffer.from(text, 'utf8');
    hash.update(bytes);
    sizeBytes += bytes.length;
    await handle.appendFile(bytes);
  };
  try {
    let held = '';
    for (const line of documentLines(report)) {
      held += line;
      if (held.length < charactersAtOnce) continue;
      await append(held);
      held = '';
    }
    await append(held);
  } finally {
    await handle.close();
  }
  return { sha256: parseSha256Hex(hash.digest('hex')), sizeBytes };
}

async function storedReport(database: Pick<Database, 'query'>, id: RequestId): Promise<string | null> {
  const rows = await database.query(
    'SELECT sha256 FROM signer.inspection_report WHERE request_id = $1 AND entries_removed_at IS NULL',
    [id],
  );
  return rows[0] === undefined ? null : z.object({ sha256: z.string() }).parse(rows[0]).sha256;
}

/** Columns with their types, and what each takes of a row. */
const columns: readonly (readonly [string, string, (row: ReportRow) => string | number | boolean | null])[] =
  [
    ['position', 'int', (row) => row.position],
    ['parent', 'int', (row) => row.parent],
    ['last', 'int', (row) => row.last],
    ['name', 'text', (row) => row.name],
    ['path', 'text', (row) => row.path],
    ['sameness', 'text', (row) => row.sameness],
    ['likeness', 'text', (row) => row.likeness],
    ['size_bytes', 'bigint', (row) => row.sizeBytes],
    ['sha256', 'text', (row) => row.sha256],
    ['is_folder', 'boolean', (row) => row.isFolder],
    ['detected', 'text', (row) => row.detected],
    ['scan', 'text', (row) => row.scan],
    ['is_to_be_signed', 'boolean', (row) => row.isToBeSigned],
    ['is_not_seen', 'boolean', (row) => row.isNotSeen],
    ['is_unexpected', 'boolean', (row) => row.isUnexpected],
    ['below', 'text', (row) => JSON.stringify(row.below)],
    ['entry', 'text', (row) => row.entry],
  ];
const names = columns.map(([name]) => name).join(', ');
const arrays = columns.map(([, type], index) => `$${index + 2}::${type}[]`).join(', ');

async function insertRows(
  transaction: Transaction,
  requestId: RequestId,
  rows: readonly ReportRow[],
): Promise<void> {
  await transaction.query(
    `INSERT INTO signer.inspected_entry (request_id, ${names})
     SELECT $1::uuid, ${names} FROM unnest(${arrays}) AS entry (${names})`,
    [requestId, ...columns.map(([, , value]) => rows.map(value))],
  );
}
