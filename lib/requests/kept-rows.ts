/** Entries of the journal as they were cut for a page. They never change, so only room is a reason to forget one. */
import type { Database } from '../platform/db/index.ts';
import type { JournalRow } from './trace-entry.ts';

const charactersMax = 16 * 1024 * 1024;

interface KeptRows {
  get(seq: bigint): JournalRow | undefined;
  set(row: JournalRow): void;
}

const all = new WeakMap<Database, KeptRows>();

export function keptRows(db: Database): KeptRows {
  const known = all.get(db);
  if (known !== undefined) return known;
  const made = openKeptRows(charactersMax);
  all.set(db, made);
  return made;
}

/** Forgets what wasn't asked for the longest. */
export function openKeptRows(max: number): KeptRows {
  const rows = new Map<bigint, JournalRow>();
  let characters = 0;
  const sizeOf = (row: JournalRow): number => row.body.length + 500;
  const forget = (row: JournalRow): void => {
    if (rows.delete(row.seq)) characters -= sizeOf(row);
  };
  return {
    get(seq) {
      const row = rows.get(seq);
      if (row === undefined) return undefined;
      rows.delete(seq);
      rows.set(seq, row);
      return row;
    },
    set(row) {
      const before = rows.get(row.seq);
      if (before !== undefined) forget(before);
      rows.set(row.seq, row);
      characters += sizeOf(row);
      for (const oldest of rows.values()) {
        if (characters <= max) break;
        forget(oldest);
      }
    },
  };
}
