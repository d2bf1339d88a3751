/**
 * Appending to the journal and reading it back. One writer at a time, by a row that every writer locks and only
 * signers can lock: the chain never forks, however many signers share the database.
 */
import { z } from 'zod';
import {
  nextEntry,
  stepStarted,
  verifyChain,
  type ChainEnd,
  type ChainVerdict,
  type NewEntry,
  type JournalEntry,
} from '#core/wire/journal/index.ts';
import type { RequestStep } from '#core/wire/request/index.ts';
import { Unavailable } from '../availability/index.ts';
import type { Database, Transaction } from '../database/index.ts';
import { entryColumns, entryRow } from './entry-row.ts';
import { watchRepeated } from './verify-repeated.ts';

export {
  grantKinds,
  JournalDamaged,
  newestEntry,
  openAnchor,
  readAnchor,
  writeAnchor,
  type Anchor,
  type JournalAnchor,
} from './anchor.ts';
export { findBroken } from './verify-repeated.ts';
export { keyHolderGave, newestGiven, type GivenSignature } from './newest-given.ts';

/** Appends an event to the chain, inside the caller's transaction, and returns the sealed entry. */
export async function append(
  transaction: Pick<Transaction, 'query'>,
  at: Date,
  entry: NewEntry,
): Promise<JournalEntry> {
  const [sealed] = await appendAll(transaction, at, [entry]);
  if (sealed === undefined) throw new TypeError('nothing was appended');
  return sealed;
}

/** The same for several events, one after another in the chain. */
export async function appendAll(
  transaction: Pick<Transaction, 'query'>,
  at: Date,
  events: readonly NewEntry[],
): Promise<readonly JournalEntry[]> {
  const turn = await transaction.query(
    `SELECT clock_timestamp() AS clock FROM signer.mutex WHERE name = 'journal' FOR UPDATE`,
  );
  if (turn.rowCount !== 1) throw unlockable();
  const { clock } = clockRow.parse(turn.rows[0]);
  const { rows } = await transaction.query(
    `SELECT ${entryColumns} FROM signer.journal ORDER BY seq DESC LIMIT 1`,
  );
  const sealed = sealAll(rows[0] === undefined ? null : entryRow.parse(rows[0]), notAhead(at, clock), events);
  const { seqs, times, kinds, bodies, previousHashes, entryHashes } = columnsOf(sealed);
  await transaction.query(
    `INSERT INTO signer.journal (${entryColumns})
     SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[])`,
    [seqs, times, sealed.map((entry) => entry.requestId), kinds, bodies, previousHashes, entryHashes],
  );
  return sealed;
}

const clockRow = z.object({ clock: z.date() });
/** Hosts that follow time servers differ by less. */
const aheadMilliseconds = 60_000;

/** No time is before the one of the entry before it, so one that is far ahead would be the time of all that follow. */
const notAhead = (at: Date, clock: Date): Date =>
  at.getTime() - clock.getTime() > aheadMilliseconds ? clock : at;

/** What every writer locks is missing. */
export const unlockable = (): Unavailable =>
  new Unavailable('database', 'signer.mutex lacks its row “journal”', 'run npm run db:migrate');

/** Seals events one after another behind `last`; null: the journal is empty. */
export function sealAll(
  last: ChainEnd | null,
  at: Date,
  events: readonly NewEntry[],
): readonly JournalEntry[] {
  let end = last;
  return events.map(({ requestId, event }) => {
    // A clock set back must not make journal times go backwards.
    const notBefore = end !== null && end.at > at ? end.at : at;
    const entry = nextEntry(end, { requestId, kind: event.kind, body: event.body, at: notBefore });
    end = entry;
    return entry;
  });
}

/** As arrays, for unnest. */
export const columnsOf = (sealed: readonly JournalEntry[]) => ({
  seqs: sealed.map((entry) => entry.seq.toString()),
  times: sealed.map((entry) => entry.at),
  kinds: sealed.map((entry) => entry.kind),
  bodies: sealed.map((entry) => entry.body),
  previousHashes: sealed.map((entry) => entry.previousHash),
  entryHashes: sealed.map((entry) => entry.entryHash),
});

/** The entries of one request, oldest first. */
export async function entriesOf(database: Database, requestId: string): Promise<readonly JournalEntry[]> {
  const rows = await database.query(
    `SELECT ${entryColumns} FROM signer.journal WHERE request_id = $1 ORDER BY seq LIMIT 10000`,
    [requestId],
  );
  return rows.map((row) => entryRow.parse(row));
}

/** When this step of the request began for the first time; null: it never did. */
export async function firstStartOf(
  database: Pick<Database, 'query'>,
  requestId: string,
  step: RequestStep,
): Promise<Date | null> {
  const rows = await database.query(
    `SELECT at FROM signer.journal WHERE request_id = $1 AND kind = $2 AND body LIKE $3 ORDER BY seq LIMIT 1`,
    [requestId, stepStarted.kind, `%"step":"${step}"%`],
  );
  return rows[0] === undefined ? null : z.object({ at: z.date() }).parse(rows[0]).at;
}

/** Walks the whole journal in pages and verifies the chain, and that entries repeat what they say they do. */
export async function verifyJournal(database: Pick<Database, 'query'>): Promise<ChainVerdict> {
  return verifyEntries(database, readEntries(database));
}

/** The same of some entries, behind a place whose hash is known to be right. */
export async function verifyEntries(
  database: Pick<Database, 'query'>,
  entries: AsyncIterable<JournalEntry>,
  after?: Parameters<typeof verifyChain>[1],
): Promise<ChainVerdict> {
  const watched = watchRepeated(database, entries);
  const verdict = await verifyChain(watched.read(), after);
  return verdict.intact ? (watched.broken() ?? verdict) : verdict;
}

/** Of a page: small entries by the thousand, and of those that list thousands of findings as few as it takes. */
const pageEntries = 1000;
const pageBytesMax = 4 * 1024 * 1024;

/** The entries after `after` up to `last`, in order, in pages; the next one is read while this one is used. */
export async function* readEntries(
  database: Pick<Database, 'query'>,
  { after = 0n, last = null }: { readonly after?: bigint; readonly last?: bigint | null } = {},
): AsyncGenerator<JournalEntry> {
  // How long a body is, the database knows without reading what was compressed or moved out of the row.
  const read = async (from: bigint): Promise<readonly JournalEntry[]> => {
    const rows = await database.query(
      `SELECT ${entryColumns} FROM (
         SELECT ${entryColumns}, sum(octet_length(body)) OVER (ORDER BY seq) - octet_length(body) AS before
           FROM signer.journal WHERE seq > $1 AND ($2::bigint IS NULL OR seq <= $2) ORDER BY seq LIMIT ${pageEntries}) AS page
        WHERE before < ${pageBytesMax} ORDER BY seq`,
      [from.toString(), last === null ? null : last.toString()],
    );
    return rows.map((row) => entryRow.parse(row));
  };
  for (let page = read(after); ;) {
    const entries = await page;
    const end = entries.at(-1);
    if (end === undefined) return;
    page = read(end.seq);
    // Whoever ends the walk here doesn't ask for it any more.
    page.catch(() => undefined);
    yield* entries;
  }
}
