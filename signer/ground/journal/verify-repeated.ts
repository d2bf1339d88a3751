/** Entries that repeat an earlier one (decision 0146) are held to it as they are read: the chain alone doesn't say that it is the right one. */
import {
  endOf,
  problemOfRepeated,
  repeatedBy,
  type ChainVerdict,
  type JournalEntry,
} from '#core/wire/journal/index.ts';
import type { Database } from '../database/index.ts';
import { entryRow, entryColumns } from './entry-row.ts';

type Source = Pick<Database, 'query'>;

/** Looked up together: each may list thousands of findings. */
const togetherMax = 20;

export interface RepeatedEntries {
  /** The same entries; at the end, and every so often, those that repeat others have been held to them. */
  readonly read: () => AsyncGenerator<JournalEntry>;
  /** The first problem of those that were read; null: none. */
  readonly broken: () => Extract<ChainVerdict, { readonly intact: false }> | null;
}

/** Watches entries as somebody else walks them; once one is wrong, no more are given. */
export function watchRepeated(database: Source, entries: AsyncIterable<JournalEntry>): RepeatedEntries {
  let broken: Extract<ChainVerdict, { readonly intact: false }> | null = null;
  return {
    broken: () => broken,
    async *read() {
      let waiting: JournalEntry[] = [];
      for await (const entry of entries) {
        yield entry;
        if (repeatedBy(entry) === null) continue;
        waiting.push(entry);
        if (waiting.length < togetherMax) continue;
        broken = await findBroken(database, waiting);
        if (broken !== null) return;
        waiting = [];
      }
      broken = await findBroken(database, waiting);
    },
  };
}

/** The first of these entries that doesn't repeat what it says it does; null: all do. */
export async function findBroken(
  database: Source,
  entries: readonly JournalEntry[],
): Promise<Extract<ChainVerdict, { readonly intact: false }> | null> {
  const numbers = entries.flatMap((entry) => {
    const same = repeatedBy(entry);
    return same === null || same === 'unreadable' ? [] : [same.seq.toString()];
  });
  const rows =
    numbers.length === 0
      ? []
      : await database.query(`SELECT ${entryColumns} FROM signer.journal WHERE seq = ANY($1::bigint[])`, [
          numbers,
        ]);
  const sources = new Map(rows.map((row) => endOf(entryRow.parse(row))).map((end) => [end.seq, end]));
  for (const entry of entries) {
    const same = repeatedBy(entry);
    const source = same === null || same === 'unreadable' ? null : (sources.get(same.seq) ?? null);
    const problem = problemOfRepeated(entry, source);
    if (problem !== null) return { intact: false, seq: entry.seq, problem };
  }
  return null;
}
