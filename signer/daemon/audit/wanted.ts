/** What the portal asks to have signed: claims, taken only in the one shape that has a place in a digest. */
import { z } from 'zod';
import {
  auditFileNames,
  problemOfPeriod,
  settledAfterSeconds,
  type DigestedFile,
} from '#core/audit/index.ts';
import type { Database } from '../../ground/database/index.ts';

export interface WantedExport {
  readonly id: string;
  readonly from: Date;
  readonly to: Date;
  readonly portal: readonly DigestedFile[];
}

/** In one run, the oldest first: a portal that asks for more waits, and nobody else does. */
const wantedMax = 10;
const filesCharactersMax = 4_000;
/** Rows looked at in one run. What is refused is marked and not looked at again, so that the next run goes on behind it. */
const lookedAtMax = 2_000;
const rowsAtOnce = 200;
/** Problems that are said one by one. */
const namedMax = 20;

const idSchema = z.object({ id: z.uuid() });
const rowSchema = z.object({ period_from: z.date(), period_to: z.date(), files: z.string() });
const filesSchema = z
  .array(
    z.strictObject({
      name: z.string(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      sizeBytes: z.int().min(0),
      rows: z.int().min(0),
    }),
  )
  .transform((files) => {
    const names = auditFileNames('portal');
    return files.length === names.length && files.every(({ name }, index) => name === names[index])
      ? files
      : null;
  });

type Source = Pick<Database, 'query'>;

/**
 * → exports without a digest, and what is wrong with those that can't have one: these are marked, once, in signer.audit_refusal, and
 * never come between others again.
 */
export async function readWanted(
  database: Source,
  now: Date,
): Promise<{ readonly wanted: readonly WantedExport[]; readonly problems: readonly string[] }> {
  const settled = new Date(now.getTime() - settledAfterSeconds * 1000);
  const wanted: WantedExport[] = [];
  const problems = [...(await unfinished(database, settled))];
  let [refusedCount, unnamed] = [0, 0];
  for (let looked = 0; looked < lookedAtMax && wanted.length < wantedMax; looked += rowsAtOnce) {
    const rows = await database.query(
      `SELECT wanted.id::text, period_from, period_to, left(wanted.files::text, ${filesCharactersMax}) AS files
         FROM portal.audit_export AS wanted
        WHERE made_at IS NOT NULL AND period_to <= $1 AND ${isOpen} AND NOT wanted.id = ANY($2::uuid[])
        ORDER BY asked_at, wanted.id LIMIT ${rowsAtOnce}`,
      [settled, wanted.map(({ id }) => id)],
    );
    const refused: { readonly id: string; readonly reason: string }[] = [];
    for (const row of rows) {
      const { id } = idSchema.parse(row);
      const read = readRow(row, now);
      if (typeof read === 'string') refused.push({ id, reason: read });
      else if (wanted.length < wantedMax) wanted.push({ id, ...read });
    }
    await mark(database, refused, now);
    refusedCount += refused.length;
    for (const { id, reason } of refused) {
      if (problems.length < namedMax) problems.push(`export ${id} is not signed: ${reason}`);
      else unnamed += 1;
    }
    if (rows.length < rowsAtOnce) break;
  }
  if (unnamed > 0)
    problems.push(`${refusedCount} exports were refused for good; signer.audit_refusal has them all`);
  return { wanted, problems };
}

const isOpen = `NOT EXISTS (SELECT FROM signer.audit_digest WHERE export_id = wanted.id)
              AND NOT EXISTS (SELECT FROM signer.audit_refusal WHERE export_id = wanted.id)`;

/** Their time may come: they are said, not marked, and are never among the others. */
async function unfinished(database: Source, settled: Date): Promise<readonly string[]> {
  const rows = await database.query(
    `SELECT wanted.id::text FROM portal.audit_export AS wanted
      WHERE made_at IS NOT NULL AND NOT period_to <= $1 AND ${isOpen}
      ORDER BY asked_at, wanted.id LIMIT ${namedMax / 2}`,
    [settled],
  );
  return rows.map((row) => `export ${idSchema.parse(row).id} is not signed: its period is not-over`);
}

async function mark(
  database: Source,
  refused: readonly { readonly id: string; readonly reason: string }[],
  now: Date,
): Promise<void> {
  if (refused.length === 0) return;
  await database.query(
    `INSERT INTO signer.audit_refusal (export_id, reason, refused_at)
     SELECT id, reason, $3 FROM unnest($1::uuid[], $2::text[]) AS refused(id, reason) ON CONFLICT DO NOTHING`,
    [refused.map(({ id }) => id), refused.map(({ reason }) => reason), now],
  );
}

/** What is to be signed, or why it never is. */
function readRow(value: unknown, now: Date): Omit<WantedExport, 'id'> | string {
  const row = rowSchema.safeParse(value);
  if (!row.success) return 'its row can’t be read';
  const { period_from: from, period_to: to, files } = row.data;
  const problem = problemOfPeriod({ from, to }, now);
  if (problem !== null) return `its period is ${problem}`;
  const portal = filesSchema.safeParse(parseJson(files));
  if (!portal.success || portal.data === null) return 'the portal names other files';
  return { from, to, portal: portal.data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
