/**
 * What a restored database has lost, by comparison with the anchor, the keyholders' journals, the release store and
 * the file of the accepted policy. Read-only.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson, type JsonValue } from '#core/json/index.ts';
import type { StorePlace } from '../../lib/host/configuration/index.ts';
import type { Database } from '../ground/database/index.ts';
import { readStopFile, type StopFile } from '../rulings/emergency-stop/index.ts';
import { newestEntry, newestGiven, readAnchor, verifyJournal } from '../ground/journal/index.ts';
import { compareReleases } from './compare-releases.ts';
import { ReconcileError } from './error.ts';
import { listedMax, pageSize } from './limits.ts';
import { knownGrants, readKeyHolder, type KeyHolderState, type MadeSignature } from './read-keyholder.ts';
import type { AcceptedState, Comparison } from './comparison.ts';

export interface CompareInput {
  readonly database: Database;
  readonly anchorFile: string;
  /** Name of this signer. */
  readonly signer: string;
  /** This signer's first, then those of other signers and of the timestamp authority. */
  readonly keyHolderJournals: readonly string[];
  /** Folders that closed segments of those may have been moved to. */
  readonly archives?: readonly string[];
  readonly releaseStore: StorePlace;
  readonly accepted: { readonly file: string; readonly read: () => Promise<string | null> };
  readonly stops: StopFile;
}

/** Throws JOURNAL_BROKEN where the existing entries don't form a chain: then it isn't an old backup. */
export async function compareAll(input: CompareInput): Promise<Comparison> {
  const { database, anchorFile, signer, keyHolderJournals, releaseStore, archives = [] } = input;
  const chain = await verifyJournal(database);
  if (!chain.intact) {
    throw new ReconcileError(
      'JOURNAL_BROKEN',
      `the journal is broken at entry ${chain.seq}: ${chain.problem}. That isn’t an old backup: restore one with an intact chain`,
    );
  }
  const newest = await newestWithTime(database);
  const anchor = await readAnchor(anchorFile).catch((error: unknown) => (error as Error).message);
  const known = await knownGrants(database);
  const made = new Map<string, MadeSignature>();
  const recorded = new Set<string>();
  const keyHolders: KeyHolderState[] = [];
  const sequence =
    anchor === null || typeof anchor === 'string' ? null : (anchor.keyHolder?.sequence ?? null);
  const given = await newestGiven(database, signer);
  for (const [index, file] of keyHolderJournals.entries()) {
    const own = index === 0 ? { remembered: sequence, given } : { remembered: null, given: null };
    keyHolders.push(
      await readKeyHolder(file, {
        newest: newest?.at ?? null,
        known,
        made,
        recorded,
        ...own,
        archives,
      }),
    );
  }
  const unknownSignatures = await markKnownRequests(database, [...made.values()]);
  const compared = {
    newest,
    anchor,
    remembered: await findRemembered(database, anchor),
    keyHolders,
    unknownSignatures,
    unrecordedGrants: [...known.done].filter((grantId) => !recorded.has(grantId)).slice(0, listedMax),
    ...(await compareReleases(database, releaseStore)),
    accepted: await acceptedState(database, input.accepted),
    stops: {
      file: input.stops.file,
      revision: await readStopFile(input.stops).then(
        (state) => state?.revision ?? null,
        (error: unknown) => (error as Error).message,
      ),
    },
  };
  return { ...compared, plan: planOf(compared) };
}

function planOf(compared: Omit<Comparison, 'plan'>): string {
  const text = canonicalJson(JSON.parse(JSON.stringify(compared)) as JsonValue);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

async function newestWithTime(database: Database): Promise<Comparison['newest']> {
  const newest = await newestEntry(database);
  if (newest === null) return null;
  const [row] = await database.query('SELECT at FROM signer.journal WHERE seq = $1', [newest.seq]);
  return { ...newest, at: z.object({ at: z.date() }).parse(row).at.toISOString() };
}

async function findRemembered(
  database: Database,
  anchor: Comparison['anchor'],
): Promise<Comparison['remembered']> {
  if (anchor === null || typeof anchor === 'string') return 'unknown';
  // The anchor of a signer that has seen no entry yet.
  if (anchor.seq === '0') return 'same';
  const [row] = await database.query('SELECT entry_hash FROM signer.journal WHERE seq = $1', [anchor.seq]);
  if (row === undefined) return 'missing';
  return z.object({ entry_hash: z.string() }).parse(row).entry_hash === anchor.hash ? 'same' : 'other';
}

async function markKnownRequests(
  database: Database,
  signatures: readonly MadeSignature[],
): Promise<readonly MadeSignature[]> {
  const ids = [...new Set(signatures.map((signature) => signature.requestId))];
  const known = new Set<string>();
  for (let start = 0; start < ids.length; start += pageSize) {
    const rows = await database.query('SELECT id FROM portal.signing_request WHERE id::text = ANY($1)', [
      ids.slice(start, start + pageSize),
    ]);
    for (const row of rows) known.add(z.object({ id: z.string() }).parse(row).id);
  }
  return signatures.map((signature) => ({ ...signature, requestKnown: known.has(signature.requestId) }));
}

const rememberedCommits = 200;

async function acceptedState(
  database: Database,
  { file, read }: CompareInput['accepted'],
): Promise<AcceptedState> {
  const rows = await database.query(
    'SELECT commit, accepted_at FROM signer.accepted_snapshot ORDER BY seq DESC LIMIT $1',
    [rememberedCommits],
  );
  const rowSchema = z.object({ commit: z.string(), accepted_at: z.date() });
  return {
    file,
    inFile: await read().catch((error: unknown) => (error as Error).message),
    inDatabase: rows
      .map((row) => rowSchema.parse(row))
      .reverse()
      .map(({ commit, accepted_at: at }) => ({ commit, acceptedAt: at.toISOString() })),
  };
}
