/** Entries that repeat an earlier one (decision 0146) are held to it as they are read: the chain alone doesn't say that it is the right one. */
import {
  endOf,
  problemOfRepeated,
  repeatedBy,
  stepFinished,
  type ChainVerdict,
  type JournalEntry,
} from '#core/wire/journal/index.ts';
import type { Database } from '../database/index.ts';
import { entryRow, entryColumns } from './entry-row.ts';

type Source = Pick<Database, 'query'>;

/** Looked up together: each may list thousands of findings. */
const togetherMax = 20;
const recentCharactersMax = 8 * 1024 * 1024;

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
      const recent = new RecentEnds();
      let waiting: JournalEntry[] = [];
      for await (const entry of entries) {
        yield entry;
        if (entry.kind !== stepFinished.kind) continue;
        const same = repeatedBy(entry);
        if (same === null) {
          recent.add(entry);
          continue;
        }
        const source = same === 'unreadable' ? undefined : recent.get(same.seq);
        if (source !== undefined) {
          const problem = problemOfRepeated(entry, endOf(source));
          if (problem === null) continue;
          broken = { intact: false, seq: entry.seq, problem };
          return;
        }
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

/** Of those that a walk came by last: most of what is repeated was written a moment before. */
class RecentEnds {
  private readonly entries = new Map<bigint, JournalEntry>();
  private characters = 0;

  get(seq: bigint): JournalEntry | undefined {
    return this.entries.get(seq);
  }

  add(entry: JournalEntry): void {
    this.entries.set(entry.seq, entry);
    this.characters += entry.body.length;
    for (const [seq, { body }] of this.entries) {
      if (this.characters <= recentCharactersMax) break;
      this.entries.delete(seq);
      this.characters -= body.length;
    }
  }
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
