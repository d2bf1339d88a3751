/** Emergency stops in the journal, the append-only record through which signers inform one another. */
import { z } from 'zod';
import { emergencyStop } from '#core/wire/journal/index.ts';
import type { Database } from '../../ground/database/index.ts';
import { append } from '../../ground/journal/index.ts';
import { digestOf, parseEntry, type Entry } from './entry.ts';

export interface JournalledStop {
  readonly seq: string;
  readonly hash: string;
  readonly entry: Entry;
}

type Place = { readonly seq: string; readonly hash: string } | null;

const pageSize = 200;
const rowSchema = z.object({
  seq: z.union([z.string(), z.bigint()]).transform(String),
  entry_hash: z.string(),
  body: z.string(),
});

/** A page of entries after `through`, oldest first; `more`: there may be further ones. */
export async function readStopEntries(
  database: Pick<Database, 'query'>,
  through: Place,
): Promise<{ readonly entries: readonly JournalledStop[]; readonly more: boolean }> {
  const rows = await database.query(
    `SELECT seq, entry_hash, body FROM signer.journal WHERE kind = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
    [emergencyStop.kind, through?.seq ?? '0', pageSize],
  );
  const entries = rows.map((row) => {
    const { seq, entry_hash: hash, body } = rowSchema.parse(row);
    return { seq, hash, entry: parseEntry(body, seq) };
  });
  return { entries, more: rows.length === pageSize };
}

/** Whether the database still has the entry that was applied last. */
export async function hasEntry(database: Pick<Database, 'query'>, through: Place): Promise<boolean> {
  if (through === null) return true;
  const rows = await database.query('SELECT 1 FROM signer.journal WHERE seq = $1 AND entry_hash = $2', [
    through.seq,
    through.hash,
  ]);
  return rows.length > 0;
}

/**
 * Appends entries in this order, in one transaction, except those that another signer has written after `through`.
 */
export async function appendStopEntries(
  database: Database,
  entries: readonly Entry[],
  { through, now }: { readonly through: Place; readonly now: Date },
): Promise<void> {
  if (entries.length === 0) return;
  await database.transaction(async (transaction) => {
    // The lock under which entries are written: nobody else adds one before this transaction ends.
    await transaction.query(`SELECT 1 FROM signer.mutex WHERE name = 'journal' FOR UPDATE`);
    const written = new Set<string>();
    const query = async (text: string, values: readonly unknown[] = []) =>
      (await transaction.query(text, [...values])).rows as readonly unknown[];
    for (let at = through, more = true; more;) {
      const page = await readStopEntries({ query }, at);
      for (const entry of page.entries) {
        written.add(digestOf(entry.entry));
        at = entry;
      }
      ({ more } = page);
    }
    for (const entry of entries) {
      if (written.has(digestOf(entry))) continue;
      await append(transaction, now, { requestId: null, event: emergencyStop(entry) });
    }
  });
}
