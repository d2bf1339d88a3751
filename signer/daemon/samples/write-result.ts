/** What is said of a sample, and its tree, for the portal to read. */
import { indexRows, type InspectionReport, type ReportRow } from '#core/inspection-report/index.ts';
import { sampleNodesMax, type SampleFailure, type SampleOutcome } from '#core/wire/sample/index.ts';
import type { Database } from '../../ground/database/index.ts';
import type { Examined } from './examine.ts';

const columns: readonly (readonly [string, string, (row: ReportRow) => string | number | null])[] = [
  ['position', 'int', (row) => row.position],
  ['parent', 'int', (row) => row.parent],
  ['last', 'int', (row) => row.last],
  ['name', 'text', (row) => row.name],
  ['path', 'text', (row) => row.path],
  ['below', 'text', (row) => JSON.stringify(row.below)],
  ['entry', 'text', (row) => row.entry],
];
const names = columns.map(([name]) => name).join(', ');
const arrays = columns.map(([, type], index) => `$${index + 2}::${type}[]`).join(', ');
const rowsAtOnce = 1_000;

export async function writeOutcome(
  database: Pick<Database, 'transaction'>,
  id: string,
  { report, outcome }: Examined,
  now: Date,
): Promise<void> {
  const all = indexRows(report.entries);
  // The tree's first nodes are a tree, too, if none says that more follows.
  const kept = all
    .slice(0, sampleNodesMax)
    .map((row) => ({ ...row, last: Math.min(row.last, sampleNodesMax - 1) }));
  const told: SampleOutcome = { ...outcome, tree: treeOf(report, all.length, kept.length) };
  await database.transaction(async (transaction) => {
    await transaction.query('DELETE FROM signer.sample_entry WHERE sample_id = $1::uuid', [id]);
    for (let from = 0; from < kept.length; from += rowsAtOnce) {
      const rows = kept.slice(from, from + rowsAtOnce);
      await transaction.query(
        `INSERT INTO signer.sample_entry (sample_id, ${names})
         SELECT $1::uuid, ${names} FROM unnest(${arrays}) AS entry (${names})`,
        [id, ...columns.map(([, , value]) => rows.map(value))],
      );
    }
    await transaction.query(
      `UPDATE signer.sample_result SET state = 'done', finished_at = $2, outcome = $3, nodes = $4 WHERE sample_id = $1::uuid`,
      [id, now, storable(told), kept.length],
    );
  });
}

export async function writeFailure(
  database: Pick<Database, 'query'>,
  id: string,
  failure: SampleFailure,
  now: Date,
): Promise<void> {
  await database.query(
    `UPDATE signer.sample_result SET state = 'failed', finished_at = $2, outcome = $3 WHERE sample_id = $1::uuid`,
    [id, now, storable(failure)],
  );
}

const treeOf = ({ head: { counts } }: InspectionReport, nodes: number, kept: number) => ({
  nodes,
  kept,
  files: counts.files,
  toBeSigned: counts.toBeSigned,
  notSeen: counts.notSeenInside,
});

/** Names in a file may be any octets; PostgreSQL stores no NUL in a text, and JSON no half of a surrogate pair that others read. */
const storable = (value: object): string =>
  JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'string' ? one.toWellFormed().replaceAll('\0', '\uFFFD') : one,
  );
