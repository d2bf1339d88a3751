/**
 * What a migration does to tables that are in use while it runs: it is carried out in a transaction, and the catalogues are compared. So
 * PostgreSQL says what a statement means, and not a reading of its text.
 */
import type { Client } from 'pg';

/** One way in which a migration keeps others waiting, or breaks the release before. */
export interface Blocking {
  /** Of the table: `signer.journal`. */
  readonly table: string;
  /** What is done, why that blocks, and how to do it instead. */
  readonly problem: string;
}

interface Table {
  readonly name: string;
  readonly file: string;
  readonly columns: ReadonlyMap<string, { readonly notNull: boolean; readonly hasDefault: boolean }>;
  readonly indexes: ReadonlySet<string>;
  /** Name → whether its rows are known to agree. */
  readonly constraints: ReadonlyMap<string, boolean>;
}

/** Alone in its file, an index may be built beside the work. */
const buildsConcurrently = /^\s*(?:--[^\n]*\n\s*)*CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s[^;]*;\s*$/i;

/** `-- blocks signer.journal: why nobody waits for long`: said in the migration, and in the changelog. */
const excuses = (sql: string): ReadonlySet<string> =>
  new Set([...sql.matchAll(/^-- blocks ([a-z_]+\.[a-z_]+): .{20,}$/gm)].map(([, table]) => table ?? ''));

/**
 * Carries a migration out, as the database's owner → what it does that a running portal or signer notices. Tables that it makes itself don't
 * count.
 */
export async function findBlocking(owner: Client, sql: string): Promise<readonly Blocking[]> {
  if (buildsConcurrently.test(sql)) {
    await owner.query(sql);
    return [];
  }
  await owner.query('BEGIN');
  try {
    const before = await readTables(owner);
    await owner.query(sql);
    const found = compare(before, await readTables(owner));
    for (const oid of await changedRows(owner)) {
      const table = before.get(oid);
      if (table !== undefined)
        found.push({ table: table.name, problem: 'rows are changed: a backfill is code of a process' });
    }
    await owner.query('COMMIT');
    const excused = excuses(sql);
    return found.filter(({ table }) => !excused.has(table));
  } catch (error) {
    await owner.query('ROLLBACK');
    throw error;
  }
}

function compare(before: ReadonlyMap<string, Table>, after: ReadonlyMap<string, Table>): Blocking[] {
  const found: Blocking[] = [];
  for (const [oid, old] of before) {
    const add = (problem: string): void => void found.push({ table: old.name, problem });
    const now = after.get(oid);
    if (now?.name !== old.name) {
      add('the table is dropped or renamed, and the release before may use it: one release later');
      continue;
    }
    if (now.file !== old.file)
      add('the table is rewritten under an exclusive lock: add a column, fill it, then use it');
    for (const name of old.columns.keys())
      if (!now.columns.has(name))
        add(`column ${name} is dropped or renamed, and the release before may use it: one release later`);
    for (const [name, { notNull, hasDefault }] of now.columns) {
      const had = old.columns.get(name);
      if (had === undefined && notNull && !hasDefault)
        add(
          `column ${name} is NOT NULL without a default: it fails where there are rows, and for who inserts as before`,
        );
      if (notNull && had?.notNull === false)
        add(
          `column ${name} becomes NOT NULL: all rows are read under an exclusive lock, and the release before may write NULL`,
        );
    }
    for (const name of now.indexes)
      if (!old.indexes.has(name))
        add(
          `index ${name} keeps writers out while it is built: CREATE INDEX CONCURRENTLY, alone in a migration`,
        );
    for (const [name, isValidated] of now.constraints)
      if (!old.constraints.has(name) && isValidated)
        add(
          `constraint ${name} is checked against all rows under a lock: NOT VALID, and VALIDATE in a migration after it`,
        );
  }
  return found;
}

async function readTables(client: Client): Promise<ReadonlyMap<string, Table>> {
  const { rows } = await client.query<{
    oid: string;
    name: string;
    file: string;
    columns: Record<string, { notNull: boolean; hasDefault: boolean }> | null;
    indexes: string[] | null;
    constraints: Record<string, boolean> | null;
  }>(
    `SELECT class.oid::text, space.nspname || '.' || class.relname AS name, class.relfilenode::text AS file,
            (SELECT json_object_agg(attname, json_build_object('notNull', attnotnull,
                    'hasDefault', atthasdef OR attidentity <> '' OR attgenerated <> ''))
               FROM pg_attribute WHERE attrelid = class.oid AND attnum > 0 AND NOT attisdropped) AS columns,
            (SELECT json_agg(indexrelid::regclass::text) FROM pg_index WHERE indrelid = class.oid) AS indexes,
            (SELECT json_object_agg(conname, convalidated) FROM pg_constraint
              WHERE conrelid = class.oid AND contype IN ('c', 'f')) AS constraints
       FROM pg_class AS class JOIN pg_namespace AS space ON space.oid = class.relnamespace
      WHERE class.relkind IN ('r', 'p') AND class.relname <> '_prisma_migrations'
        AND space.nspname NOT LIKE 'pg\\_%' AND space.nspname <> 'information_schema'`,
  );
  return new Map(
    rows.map(({ oid, name, file, columns, indexes, constraints }) => [
      oid,
      {
        name,
        file,
        columns: new Map(Object.entries(columns ?? {})),
        indexes: new Set(indexes ?? []),
        constraints: new Map(Object.entries(constraints ?? {})),
      },
    ]),
  );
}

/** Tables of which this transaction has inserted, updated or deleted rows, or meant to: no other statement takes that lock. */
async function changedRows(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ oid: string }>(
    `SELECT relation::text AS oid FROM pg_locks
      WHERE pid = pg_backend_pid() AND locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted`,
  );
  return rows.map(({ oid }) => oid);
}
