/** The exports that the portal asks to have signed: claims, accepted only in the one form that a digest can hold. */
import { z } from 'zod';
import {
  auditFileNames,
  problemOfPeriod,
  settledAfterSeconds,
  type DigestedFile,
} from '#core/audit/index.ts';
import type { Database } from '../../ground/database/index.ts';

export interface RequestedExport {
  readonly id: string;
  readonly from: Date;
  readonly to: Date;
  readonly portal: readonly DigestedFile[];
}

/** Exports per run, oldest first: a portal that requests more delays only itself. */
const requestedMax = 10;
const filesCharactersMax = 4_000;
/** Rows examined per run. Refused ones are marked and not examined again, so that the next run continues after them. */
const examinedMax = 2_000;
const rowsAtOnce = 200;
/** Problems that are reported one by one. */
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
 * → exports without a digest, and the problems of those that can't have one: these are marked once, in
 * signer.audit_refusal, and never hold up others again.
 */
export async function readRequestedExports(
  database: Source,
  now: Date,
): Promise<{ readonly requested: readonly RequestedExport[]; readonly problems: readonly string[] }> {
  const endedBefore = new Date(now.getTime() - settledAfterSeconds * 1000);
  const requested: RequestedExport[] = [];
  const problems = [...(await tooEarly(database, endedBefore))];
  let [refusedCount, unnamed] = [0, 0];
  for (let examined = 0; examined < examinedMax && requested.length < requestedMax; examined += rowsAtOnce) {
    const rows = await database.query(
      `SELECT requested.id::text, period_from, period_to, left(requested.files::text, ${filesCharactersMax}) AS files
         FROM portal.audit_export AS requested
        WHERE made_at IS NOT NULL AND period_to <= $1 AND ${isOpen} AND NOT requested.id = ANY($2::uuid[])
        ORDER BY asked_at, requested.id LIMIT ${rowsAtOnce}`,
      [endedBefore, requested.map(({ id }) => id)],
    );
    const refused: { readonly id: string; readonly reason: string }[] = [];
    for (const row of rows) {
      const { id } = idSchema.parse(row);
      const read = readRow(row, now);
      if (typeof read === 'string') refused.push({ id, reason: read });
      else if (requested.length < requestedMax) requested.push({ id, ...read });
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
  return { requested, problems };
}

const isOpen = `NOT EXISTS (SELECT FROM signer.audit_digest WHERE export_id = requested.id)
              AND NOT EXISTS (SELECT FROM signer.audit_refusal WHERE export_id = requested.id)`;

/** Exports whose period isn't over: reported but not marked, and not among the others. */
async function tooEarly(database: Source, settled: Date): Promise<readonly string[]> {
  const rows = await database.query(
    `SELECT requested.id::text FROM portal.audit_export AS requested
      WHERE made_at IS NOT NULL AND NOT period_to <= $1 AND ${isOpen}
      ORDER BY asked_at, requested.id LIMIT ${namedMax / 2}`,
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

/** The export to be signed, or why it never will be. */
function readRow(value: unknown, now: Date): Omit<RequestedExport, 'id'> | string {
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
