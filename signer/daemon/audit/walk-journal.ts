/** The journal's entries of a period, and proof that the chain is unbroken up to its end. */
import { z } from 'zod';
import { parseDigest, type AuditDigest, type AuditPeriod } from '#core/audit/index.ts';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import { genesisHash, repeatedBy, verifyChain, type JournalEntry } from '#core/wire/journal/index.ts';
import { NoteError, openNote, type NoteKey } from '#core/pki/note/index.ts';
import type { Database } from '../../ground/database/index.ts';
import { findBroken, readAnchor, readEntries } from '../../ground/journal/index.ts';
import { AuditError } from './error.ts';

type Source = Pick<Database, 'query'>;

interface Place {
  readonly seq: bigint;
  readonly head: Sha256Hex;
}

const boundsSchema = z.object({ first: z.coerce.bigint().nullable(), last: z.coerce.bigint().nullable() });

export interface JournalWalk {
  /** For the digest; complete once `entries` was read to the end. */
  readonly summary: () => AuditDigest['journal'];
  /** Entries of the period. Throws JOURNAL_BROKEN where the chain breaks after the last position known to be right. */
  readonly entries: () => AsyncGenerator<JournalEntry>;
}

/**
 * Walks from the newest signed digest that ends before the period, or from the first entry ever where there is none:
 * what was verified and signed once is not walked again. `anchorFile` records how far the journal had come.
 */
export async function openWalk(
  database: Source,
  {
    period,
    key,
    anchorFile,
  }: { readonly period: AuditPeriod; readonly key: NoteKey; readonly anchorFile: string },
): Promise<JournalWalk> {
  await checkAnchor(database, anchorFile);
  const [row] = await database.query(
    `SELECT (SELECT seq FROM signer.journal WHERE at >= $1 AND at < $2 ORDER BY at, seq LIMIT 1) AS first,
            (SELECT seq FROM signer.journal WHERE at >= $1 AND at < $2 ORDER BY at DESC, seq DESC LIMIT 1) AS last`,
    [period.from, period.to],
  );
  const { first, last } = boundsSchema.parse(row);
  if (first === null || last === null) return { summary: () => null, entries: nothing };
  const known = await knownPlace(database, first, key);
  let [at, before] = [known, known.head];
  const entries = async function* (): AsyncGenerator<JournalEntry> {
    for await (const entry of readEntries(database, { after: known.seq, last })) {
      const chained = await verifyChain([entry], at);
      const broken = repeatedBy(entry) === null ? null : await findBroken(database, [entry]);
      const verdict = chained.intact ? (broken ?? chained) : chained;
      if (!verdict.intact) {
        const { problem } = verdict;
        throw new AuditError(
          'JOURNAL_BROKEN',
          `${problem}. Nothing is signed of it: npm run journal:verify says more`,
        );
      }
      at = { seq: entry.seq, head: entry.entryHash };
      if (entry.seq < first) before = entry.entryHash;
      else yield entry;
    }
  };
  return {
    entries,
    summary: () => ({ first: first.toString(), before, last: last.toString(), head: at.head }),
  };
}

async function* nothing(): AsyncGenerator<JournalEntry> {
  // A period without entries.
}

const digestSchema = z.object({ note: z.string() });
/** How many digests are searched for a starting position. */
const digestsMax = 60;

async function knownPlace(database: Source, first: bigint, key: NoteKey): Promise<Place> {
  const rows = await database.query(
    `SELECT note FROM signer.audit_digest ORDER BY number DESC LIMIT ${digestsMax}`,
  );
  let best: Place = { seq: 0n, head: genesisHash };
  for (const row of rows) {
    const journal = readDigest(digestSchema.parse(row).note, key)?.journal ?? null;
    if (journal === null) continue;
    const place = { seq: BigInt(journal.last), head: parseSha256Hex(journal.head) };
    if (place.seq < first && place.seq > best.seq) best = place;
  }
  return best;
}

/** null: the log's key didn't sign this; the table alone is no proof. */
function readDigest(note: string, key: NoteKey): AuditDigest | null {
  try {
    return parseDigest(openNote(note, [key]).text);
  } catch (error) {
    if (error instanceof NoteError) return null;
    throw error;
  }
}

async function checkAnchor(database: Source, file: string): Promise<void> {
  const anchor = await readAnchor(file);
  if (anchor === null) {
    const rows = await database.query('SELECT seq FROM signer.journal LIMIT 1');
    if (rows.length === 0) return;
    throw new AuditError(
      'JOURNAL_BROKEN',
      `${file}, which records how far the journal had come, is missing: npm run reconcile`,
    );
  }
  if (anchor.seq === '0') return;
  const rows = await database.query('SELECT seq FROM signer.journal WHERE seq = $1 AND entry_hash = $2', [
    anchor.seq,
    anchor.hash,
  ]);
  if (rows.length === 1) return;
  throw new AuditError(
    'JOURNAL_BROKEN',
    `entry ${anchor.seq} of the journal isn’t the one that this signer remembers: npm run reconcile`,
  );
}
