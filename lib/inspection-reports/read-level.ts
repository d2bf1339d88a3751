import type { RequestId } from '#core/ids/index.ts';
import { sql } from '../platform/db/index.ts';
import type { Sql } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { nodeColumns, nodeOf, type ReportNode } from './rows.ts';

export interface ReportLevel {
  readonly at: ReportNode;
  /** From the artifact down to the one above `at`. */
  readonly above: readonly ReportNode[];
  /** What lies right below `at`; with everything below that, where `isWhole`. In the order of the tree. */
  readonly nodes: readonly ReportNode[];
  readonly isWhole: boolean;
  /** Position after which the next page begins; null: it is the last one. */
  readonly next: number | null;
}

/** Nodes that one answer shows. */
const rowsAtOnceMax = 100;
/** Deeper paths are shown from there on. */
const aboveMax = 250;

/** Rows of one tree: a table of the shape of `signer.inspected_entry`, and which of its trees. */
export interface TreeSource {
  readonly table: Sql;
  readonly key: Sql;
  readonly id: string;
}

/** A folder or container of a report; a small one as a whole, of a large one what lies right below. null: none is there. Public. */
export async function readLevel(call: {
  readonly ctx: Pick<Context, 'db'>;
  readonly input: { readonly id: RequestId; readonly at: number; readonly after?: number | undefined };
}): Promise<ReportLevel | null> {
  const { id, at, after } = call.input;
  const source = { table: sql`signer.inspected_entry`, key: sql`request_id`, id };
  return readLevelOf(call.ctx.db, source, { at, after });
}

/** The same of any tree. Asks nobody: whoever calls has asked who may see it. */
export async function readLevelOf(
  db: Context['db'],
  { table, key, id }: TreeSource,
  { at: position, after }: { readonly at: number; readonly after?: number | undefined },
): Promise<ReportLevel | null> {
  const [row] = await db.$queryRaw<unknown[]>`
    SELECT ${nodeColumns} FROM ${table} WHERE ${key} = ${id}::uuid AND position = ${position}::int`;
  if (row === undefined) return null;
  const at = nodeOf(row);
  const above = await db.$queryRaw<unknown[]>`
    WITH RECURSIVE above AS (
      SELECT entry.*, 0 AS depth FROM ${table} AS entry
       WHERE ${key} = ${id}::uuid AND position = ${at.parent ?? -1}::int
      UNION ALL
      SELECT entry.*, depth + 1 FROM ${table} AS entry JOIN above
          ON entry.${key} = above.${key} AND entry.position = above.parent
       WHERE depth < ${aboveMax}::int
    )
    SELECT ${nodeColumns} FROM above ORDER BY position`;
  const isWhole = at.last - at.position <= rowsAtOnceMax;
  const rows = isWhole
    ? await db.$queryRaw<unknown[]>`
        SELECT ${nodeColumns} FROM ${table}
         WHERE ${key} = ${id}::uuid AND position > ${at.position}::int AND position <= ${at.last}::int
         ORDER BY position`
    : await db.$queryRaw<unknown[]>`
        SELECT ${nodeColumns} FROM ${table}
         WHERE ${key} = ${id}::uuid AND parent = ${at.position}::int AND position > ${after ?? at.position}::int
         ORDER BY position LIMIT ${rowsAtOnceMax + 1}::int`;
  const nodes = rows.slice(0, rowsAtOnceMax).map(nodeOf);
  return {
    at,
    above: above.map(nodeOf),
    nodes,
    isWhole,
    next: !isWhole && rows.length > rowsAtOnceMax ? (nodes.at(-1)?.position ?? null) : null,
  };
}
