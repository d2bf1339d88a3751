/**
 * Entries about a request, with its state, in one statement: signer.record_entries holds the lease, takes the lock of the journal,
 * compares its newest entry and writes (decision 0093). Entries are sealed before that, behind the entry that this process takes for
 * the newest. That is a guess: where another one is, nothing is written, and the statement says which.
 */
import { z } from 'zod';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { ChainEnd, NewEntry } from '#core/wire/journal/index.ts';
import type { Database } from '../../ground/database/index.ts';
import { columnsOf, sealAll, unlockable } from '../../ground/journal/index.ts';
import { stateColumns, type RequestState } from '../requests/index.ts';
import { LeaseLost, type Lease } from '../turns/index.ts';

interface Recording {
  readonly lease: Lease;
  readonly at: Date;
  readonly entries: readonly NewEntry[];
  /** null: stays as it is. */
  readonly state: RequestState | null;
}

interface Known {
  end: ChainEnd | null;
  /** One at a time: requests of this process would else make each other's guesses wrong. */
  turn: Promise<unknown>;
}

/** By database, what this process saw last at the end of its journal. */
const knownEnds = new WeakMap<Database, Known>();

/** The second is made from what the database just said; others may still be faster. */
const guessesMax = 2;

const movedRow = z
  .object({
    newest_seq: z.string().transform((value) => BigInt(value)),
    newest_at: z.date(),
    newest_hash: z.string().transform((value) => parseSha256Hex(value)),
  })
  .transform((row): ChainEnd => ({ seq: row.newest_seq, at: row.newest_at, entryHash: row.newest_hash }));
const emptyRow = z.object({ newest_hash: z.null() }).transform(() => null);
const answerRow = z.object({ outcome: z.enum(['recorded', 'lease-lost', 'unlockable', 'moved']) });
const newestRow = z.union([emptyRow, movedRow]);

/**
 * → whether all of it was written; false: nothing was, because other signers were faster each time, and it is to be written in a
 * transaction, which waits for the lock first. Throws LeaseLost, and Unavailable where the database can't be used.
 */
export function recordEntries(database: Database, recording: Recording): Promise<boolean> {
  const known = knownEnds.get(database) ?? { end: null, turn: Promise.resolve() };
  knownEnds.set(database, known);
  const recorded = known.turn.then(() => guess(database, known, recording));
  known.turn = recorded.catch(() => undefined);
  return recorded;
}

async function guess(database: Database, known: Known, recording: Recording): Promise<boolean> {
  const { lease, at, entries, state } = recording;
  for (let made = 0; made < guessesMax; made += 1) {
    const sealed = sealAll(known.end, at, entries);
    const last = sealed.at(-1);
    if (last === undefined) throw new TypeError('nothing to record');
    const { seqs, times, kinds, bodies, previousHashes, entryHashes } = columnsOf(sealed);
    const [row] = await database.query(
      'SELECT * FROM signer.record_entries($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)',
      [
        lease.requestId,
        lease.owner,
        lease.seconds,
        known.end?.entryHash ?? null,
        seqs,
        times,
        kinds,
        bodies,
        previousHashes,
        entryHashes,
        state === null ? null : stateColumns(state, last.at),
      ],
    );
    const { outcome } = answerRow.parse(row);
    if (outcome === 'recorded') {
      known.end = last;
      return true;
    }
    if (outcome === 'lease-lost') throw new LeaseLost(lease.requestId);
    if (outcome === 'unlockable') throw unlockable();
    known.end = newestRow.parse(row);
  }
  return false;
}
