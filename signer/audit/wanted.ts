/** What the portal asks to have signed: claims, taken only in the one shape that has a place in a digest. */
import { z } from 'zod';
import { auditFileNames, problemOfPeriod, type DigestedFile } from '../../lib/core/audit/index.ts';
import type { Database } from '../database/index.ts';

export interface WantedExport {
  readonly id: string;
  readonly from: Date;
  readonly to: Date;
  readonly portal: readonly DigestedFile[];
}

/** In one run, the oldest first: a portal that asks for more waits, and nobody else does. */
const wantedMax = 10;
const filesCharactersMax = 4_000;

const rowSchema = z.object({
  id: z.uuid(),
  period_from: z.date(),
  period_to: z.date(),
  files: z.string(),
});
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

/** → exports without a digest, and what is wrong with those that can't have one. */
export async function readWanted(
  database: Pick<Database, 'query'>,
  now: Date,
): Promise<{ readonly wanted: readonly WantedExport[]; readonly problems: readonly string[] }> {
  const rows = await database.query(
    `SELECT wanted.id::text, period_from, period_to, left(wanted.files::text, ${filesCharactersMax}) AS files
       FROM portal.audit_export AS wanted
      WHERE made_at IS NOT NULL AND NOT EXISTS (SELECT FROM signer.audit_digest WHERE export_id = wanted.id)
      ORDER BY asked_at, wanted.id LIMIT 200`,
  );
  const wanted: WantedExport[] = [];
  const problems: string[] = [];
  for (const row of rows) {
    const read = readRow(row, now);
    if (typeof read === 'string') problems.push(read);
    else if (wanted.length < wantedMax) wanted.push(read);
  }
  return { wanted, problems };
}

function readRow(value: unknown, now: Date): WantedExport | string {
  const row = rowSchema.safeParse(value);
  if (!row.success) return 'an export that the portal asked for has no readable row';
  const { id, period_from: from, period_to: to, files } = row.data;
  const problem = problemOfPeriod({ from, to }, now);
  if (problem !== null) return `export ${id} is not signed: its period is ${problem}`;
  const portal = filesSchema.safeParse(parseJson(files));
  if (!portal.success || portal.data === null)
    return `export ${id} is not signed: the portal names other files`;
  return { id, from, to, portal: portal.data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
