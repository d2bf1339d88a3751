/**
 * What a database that was set back has lost, by what others know: the anchor, the keyholders' journals, the release store, the
 * file of the accepted policy. Reads only.
 */
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { parseSha256Hex } from '../../lib/core/ids/index.ts';
import { canonicalJson, type JsonValue } from '../../lib/core/json/index.ts';
import type { Database } from '../database/index.ts';
import { readStopFile, type StopFile } from '../emergency-stop/index.ts';
import { grantKinds, newestEntry, readAnchor, verifyJournal, type Anchor } from '../journal/index.ts';
import { readKeyHolderJournal, type JournalHead } from '../keyholder/index.ts';
import { objectPath } from '../store/index.ts';

/** A signature that the HSM made, by the keyholder's journal. */
export interface MadeSignature {
  readonly grantId: string;
  readonly requestId: string;
  readonly purpose: string;
  readonly keyLabel: string;
  readonly project: string | null;
  readonly path: string;
  readonly unsignedSha256: string | null;
  readonly artifactSha256: string | null;
  readonly policyCommit: string | null;
  /** SHA-256 of the signature's octets. */
  readonly signatureSha256: string;
  readonly at: string;
  /** Whether the database still has the request: it is then worked on again. */
  readonly requestKnown: boolean;
}

export interface KeyHolderState {
  readonly file: string;
  /** null: the file isn't there. */
  readonly head: JournalHead | null;
  /** SHA-256 of the record where the anchor remembers the journal to have ended; null: it has no such record, or nobody asks. */
  readonly atRemembered: string | null;
  /** What it was asked to sign, came to nothing, and no entry tells of. */
  readonly unknownAttempts: number;
  /** Timestamps signed since the newest entry of the database. */
  readonly timestampsSince: number;
}

export interface Comparison {
  readonly newest: { readonly seq: string; readonly hash: string; readonly at: string } | null;
  /** null: there is no anchor; a text: why it can't be read. */
  readonly anchor: Anchor | string | null;
  /** same: the remembered entry is there; missing; other: another one stands in its place. */
  readonly remembered: 'same' | 'missing' | 'other' | 'unknown';
  readonly keyHolders: readonly KeyHolderState[];
  /** Signatures that no entry tells of. */
  readonly unknownSignatures: readonly MadeSignature[];
  /** Grants that the database says were signed, and that none of the given keyholder journals has. */
  readonly unrecordedGrants: readonly string[];
  /** Released objects in the store that no row names. */
  readonly filesWithoutRow: readonly {
    readonly sha256: string;
    readonly sizeBytes: number;
    readonly at: string;
  }[];
  /** Rows whose object the store lacks. */
  readonly rowsWithoutFile: readonly { readonly requestId: string; readonly sha256: string }[];
  readonly accepted: AcceptedState;
  readonly stops: StopsState;
  /** 12 hexadecimal digits of all this. */
  readonly plan: string;
}

export interface AcceptedState {
  readonly file: string;
  /** By the file; null: it isn't there; a text with a blank: why it can't be read. */
  readonly inFile: string | null;
  /** By the database: the newest that any signer accepted, with those before it, the newest last. */
  readonly inDatabase: readonly { readonly commit: string; readonly acceptedAt: string }[];
}

export interface StopsState {
  readonly file: string;
  /** Revision of the file of emergency stops; null: it isn't there; a text: why it can't be read. */
  readonly revision: number | string | null;
}

class ReconcileError extends Error {
  readonly code: 'JOURNAL_BROKEN' | 'TOO_MANY';
  constructor(code: ReconcileError['code'], message: string) {
    super(message);
    this.name = 'ReconcileError';
    this.code = code;
  }
}

export interface CompareInput {
  readonly database: Database;
  readonly anchorFile: string;
  /** This signer's first, then those of other signers and of the timestamp authority. */
  readonly keyHolderJournals: readonly string[];
  readonly releaseStore: string;
  readonly accepted: { readonly file: string; readonly read: () => Promise<string | null> };
  readonly stops: StopFile;
}

const pageSize = 1000;
/** What is listed of each kind; a disaster with more is none that a person compares by eye. */
const listedMax = 100_000;

/** Throws JOURNAL_BROKEN where the entries that are there don't hold together: that isn't an old backup. */
export async function compareAll(input: CompareInput): Promise<Comparison> {
  const { database, anchorFile, keyHolderJournals, releaseStore } = input;
  const chain = await verifyJournal(database);
  if (!chain.intact) {
    throw new ReconcileError(
      'JOURNAL_BROKEN',
      `the journal is broken at entry ${chain.seq}: ${chain.problem}. That is no old backup: restore one whose chain holds`,
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
  for (const [index, file] of keyHolderJournals.entries()) {
    const remembered = index === 0 ? sequence : null;
    keyHolders.push(
      await readKeyHolder(file, { newest: newest?.at ?? null, known, made, recorded, remembered }),
    );
  }
  const unknownSignatures = await markKnownRequests(database, [...made.values()]);
  const compared = {
    ...{ newest, anchor, remembered: await findRemembered(database, anchor), keyHolders, unknownSignatures },
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
  // The memory of a signer that has seen no entry yet.
  if (anchor.seq === '0') return 'same';
  const [row] = await database.query('SELECT entry_hash FROM signer.journal WHERE seq = $1', [anchor.seq]);
  if (row === undefined) return 'missing';
  return z.object({ entry_hash: z.string() }).parse(row).entry_hash === anchor.hash ? 'same' : 'other';
}

interface KnownGrants {
  /** Any entry names them. */
  readonly all: ReadonlySet<string>;
  /** An entry says that they were signed. */
  readonly done: ReadonlySet<string>;
}

async function knownGrants(database: Database): Promise<KnownGrants> {
  const [all, done] = [new Set<string>(), new Set<string>()];
  const rowSchema = z.object({
    seq: z.union([z.string(), z.bigint()]).transform((value) => BigInt(value)),
    kind: z.string(),
    body: z.string(),
  });
  for (const kind of grantKinds) {
    for (let after = 0n; ;) {
      const rows = await database.query(
        'SELECT seq, kind, body FROM signer.journal WHERE kind = $1 AND seq > $2 ORDER BY seq LIMIT $3',
        [kind, after.toString(), pageSize],
      );
      for (const row of rows) {
        const { seq, body } = rowSchema.parse(row);
        const { grantId } = z.object({ grantId: z.string() }).parse(JSON.parse(body));
        all.add(grantId);
        if (kind === 'sign.done') done.add(grantId);
        after = seq;
      }
      if (rows.length < pageSize) break;
    }
  }
  return { all, done };
}

async function readKeyHolder(
  file: string,
  into: {
    readonly newest: string | null;
    readonly known: KnownGrants;
    readonly made: Map<string, MadeSignature>;
    readonly recorded: Set<string>;
    readonly remembered: number | null;
  },
): Promise<KeyHolderState> {
  const { newest, known, made, recorded, remembered } = into;
  let atRemembered: string | null = null;
  const intents = new Map<string, Omit<MadeSignature, 'signatureSha256' | 'at' | 'requestKnown'>>();
  const stamps = new Set<string>();
  let timestampsSince = 0;
  const head = await readKeyHolderJournal(file, ({ entry, at, sequence }, { sha256 }) => {
    if (sequence === remembered) atRemembered = sha256;
    if (entry.kind === 'intent' && entry.purpose === 'timestamp') stamps.add(entry.grantId);
    if (entry.kind === 'intent' && (entry.purpose === 'release' || entry.purpose === 'test')) {
      const { grantId, requestId, purpose, keyLabel, project, unsignedSha256, artifactSha256, policyCommit } =
        entry;
      intents.set(grantId, {
        ...{ grantId, requestId, purpose, keyLabel, project, unsignedSha256, artifactSha256, policyCommit },
        path: entry.leafPath.join('!/'),
      });
    }
    if (entry.kind !== 'signed') return;
    if (stamps.delete(entry.grantId)) timestampsSince += newest === null || at > newest ? 1 : 0;
    const intent = intents.get(entry.grantId);
    if (intent === undefined) return;
    intents.delete(entry.grantId);
    recorded.add(entry.grantId);
    if (known.all.has(entry.grantId)) return;
    if (made.size >= listedMax)
      throw new ReconcileError(
        'TOO_MANY',
        `over ${listedMax} signatures that the database doesn't know: restore a newer backup`,
      );
    const signatureSha256 = createHash('sha256').update(Buffer.from(entry.signature, 'base64')).digest('hex');
    made.set(entry.grantId, { ...intent, signatureSha256, at, requestKnown: false });
  });
  const unknownAttempts = [...intents.keys()].filter((grantId) => !known.all.has(grantId)).length;
  return { file, head, atRemembered, unknownAttempts, timestampsSince };
}

async function markKnownRequests(
  database: Database,
  signatures: readonly MadeSignature[],
): Promise<readonly MadeSignature[]> {
  const ids = [...new Set(signatures.map((one) => one.requestId))];
  const known = new Set<string>();
  for (let start = 0; start < ids.length; start += pageSize) {
    const rows = await database.query('SELECT id FROM portal.signing_request WHERE id::text = ANY($1)', [
      ids.slice(start, start + pageSize),
    ]);
    for (const row of rows) known.add(z.object({ id: z.string() }).parse(row).id);
  }
  return signatures.map((one) => ({ ...one, requestKnown: known.has(one.requestId) }));
}

async function compareReleases(
  database: Database,
  store: string,
): Promise<Pick<Comparison, 'filesWithoutRow' | 'rowsWithoutFile'>> {
  const named = new Set<string>();
  const rowsWithoutFile: Comparison['rowsWithoutFile'][number][] = [];
  const rowSchema = z.object({ request_id: z.string(), artifact_sha256: z.string() });
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const rows = await database.query(
      'SELECT request_id, artifact_sha256 FROM signer.release WHERE request_id > $1::uuid ORDER BY request_id LIMIT $2',
      [after, pageSize],
    );
    for (const row of rows) {
      const { request_id: requestId, artifact_sha256: sha256 } = rowSchema.parse(row);
      named.add(sha256);
      after = requestId;
      const there = await stat(objectPath(store, parseSha256Hex(sha256))).catch(nullIfMissing);
      if (there === null && rowsWithoutFile.length < listedMax) rowsWithoutFile.push({ requestId, sha256 });
    }
    if (rows.length < pageSize) break;
  }
  const filesWithoutRow: Comparison['filesWithoutRow'][number][] = [];
  for (const folder of await names(store, /^[0-9a-f]{2}$/)) {
    for (const rest of await names(path.join(store, folder), /^[0-9a-f]{62}$/)) {
      const sha256 = folder + rest;
      if (named.has(sha256) || filesWithoutRow.length >= listedMax) continue;
      const found = await stat(path.join(store, folder, rest)).catch(nullIfMissing);
      if (found?.isFile() === true)
        filesWithoutRow.push({ sha256, sizeBytes: found.size, at: found.mtime.toISOString() });
    }
  }
  return { filesWithoutRow, rowsWithoutFile };
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

async function names(folder: string, shape: RegExp): Promise<readonly string[]> {
  const found = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return found.filter((name) => shape.test(name)).sort();
}

function nullIfMissing(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}
