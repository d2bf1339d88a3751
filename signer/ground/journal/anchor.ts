/**
 * The signer's own record of how far its journal and its key holder's had come, and which policy it had accepted.
 * Hashes chain the entries, but whoever controls the database could rewrite the whole chain or restore a backup; they
 * can't change this file. Where the two differ, nothing is signed until an operator has reconciled them (decision
 * 0038).
 */
import { CodedError } from '#core/error/index.ts';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { grantEvents } from '#core/wire/journal/index.ts';
import { messageOf } from '../availability/index.ts';
import type { Database } from '../database/index.ts';
import { replaceFile } from '../durable-file/index.ts';
import { readKeyHolderJournal, type JournalHead, type JournalRecord } from '../../keyholder/index.ts';
import { keyHolderGave, newestGiven } from './newest-given.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const anchorSchema = z.strictObject({
  seq: z.string().regex(/^\d{1,19}$/),
  hash,
  // Files of earlier versions have none.
  keyHolder: z.strictObject({ sequence: z.int().min(0), sha256: hash }).optional(),
  /** Commit of the policy that this signer had accepted last. */
  accepted: z
    .string()
    .regex(/^[0-9a-f]{40,64}$/)
    .optional(),
  /** Revision of this signer's file of emergency stops. */
  stops: z.int().min(1).optional(),
});
const rowSchema = z.object({
  seq: z.union([z.string(), z.bigint()]).transform(String),
  entry_hash: z.string(),
});

const nothingYet: Anchor = { seq: '0', hash: '0'.repeat(64) };

/** Entries that name a grant of the key holder. */
export const grantKinds = grantEvents.map(({ kind }) => kind);

export type Anchor = z.infer<typeof anchorSchema>;

/** The journal differs from what this signer remembers. The message says how, and what to do. */
export class JournalDamaged extends CodedError<'JOURNAL_DAMAGED'> {
  static override readonly errorName = 'JournalDamaged';
  constructor(problem: string, cause?: unknown) {
    super(
      'JOURNAL_DAMAGED',
      `${problem}. Nothing is signed: compare and confirm with npm run reconcile -- --config signer.yaml`,
      {
        cause,
      },
    );
  }
}

export interface JournalAnchor {
  /** Throws JournalDamaged where the database, or the key holder's journal, is behind what is remembered. */
  check(): Promise<void>;
  /** Checks, then remembers the newest entry → its number; `keyHolder`: the head that the key holder just reported. */
  keep(keyHolder: JournalHead | null): Promise<string>;
}

interface Options {
  readonly database: Pick<Database, 'query'>;
  readonly file: string;
  /** Name of this signer. */
  readonly signer: string;
  /** Journal of this signer's key holder. */
  readonly keyHolderJournal: string;
  /** The policy that this signer has accepted last, by its own file; null: it has no such file. */
  readonly accepted: () => Promise<string | null>;
  /** Revision of this signer's file of emergency stops; null: it has no such file. */
  readonly stops: () => Promise<number | null>;
}

export function openAnchor({
  database,
  file,
  signer,
  keyHolderJournal,
  accepted,
  stops,
}: Options): JournalAnchor {
  let compared = false;
  let keeping: Promise<unknown> = Promise.resolve();

  const check = async (): Promise<void> => {
    // Read each time, since reconciling changes it while the signer runs.
    const remembered = await readAnchor(file);
    if (remembered === null) await checkIsNew();
    else await checkEntry(remembered);
    if (compared) return;
    await compareKeyHolder(remembered);
    await compareAccepted(remembered);
    await compareStops(remembered);
    compared = true;
  };

  /** No file is right only where nothing was ever journalled or signed; afterwards a missing file was lost. */
  const checkIsNew = async (): Promise<void> => {
    const [row] = await database.query('SELECT seq, entry_hash FROM signer.journal ORDER BY seq LIMIT 1');
    if (row !== undefined) {
      throw new JournalDamaged(
        `the journal has entries, and ${file}, which records how far it had come, is missing: it was lost, or this signer is new on this database`,
      );
    }
    const head = await readKeyHolderJournal(keyHolderJournal, undefined, { from: Infinity });
    if (head !== null && head.sequence > 0) {
      throw new JournalDamaged(
        `the database's journal is empty, and the keyholder's (${keyHolderJournal}) has ${head.sequence} records`,
      );
    }
    await writeAnchor(file, nothingYet);
  };

  const checkEntry = async ({ seq, hash: expected }: Anchor): Promise<void> => {
    if (seq === nothingYet.seq) return;
    const [row] = await database.query('SELECT seq, entry_hash FROM signer.journal WHERE seq = $1', [seq]);
    const found = row === undefined ? null : rowSchema.parse(row).entry_hash;
    if (found === expected) return;
    throw new JournalDamaged(
      found === null
        ? `the database is older than this signer remembers: entry ${seq} is missing`
        : `the journal was rewritten: entry ${seq} had hash ${expected}, and the database has ${found}`,
    );
  };

  /**
   * At start: the key holder's journal must be at least as long as remembered, what it signed since must be in the
   * database, and what the database says it signed must be in it: it may have been set back together with the
   * anchor, or to a state that the anchor hadn't come beyond: passes move its entry on without the key holder's head.
   */
  const compareKeyHolder = async (remembered: Anchor | null): Promise<void> => {
    const known = remembered?.keyHolder ?? null;
    if (known === null) return compareGiven();
    let reached = known.sequence === 0;
    const since: { readonly grantId: string; readonly requestId: string }[] = [];
    const each = ({ entry }: JournalRecord, { sequence, sha256 }: JournalHead): void => {
      if (sequence === known.sequence) reached = sha256 === known.sha256;
      if (sequence > known.sequence && entry.kind === 'intent') since.push(entry);
    };
    // Segments that ended before are vouched for by the chain of their footers.
    const head = await readKeyHolderJournal(keyHolderJournal, each, { from: known.sequence });
    if (!reached) {
      throw new JournalDamaged(
        `the keyholder's journal ${keyHolderJournal} ${head === null ? 'isn’t there' : `was truncated or replaced (${head.sequence} records)`}, and had ${known.sequence}`,
      );
    }
    await compareGiven(head);
    for (const { grantId, requestId } of since) {
      if (await isJournalled(database, requestId, grantId)) continue;
      throw new JournalDamaged(
        `the database is older than the keyholder's journal: it was asked to sign for request ${requestId}, which the journal lacks`,
      );
    }
  };

  /** By the database alone, whatever this signer remembers. */
  const compareGiven = async (head: JournalHead | null = null): Promise<void> => {
    const given = await newestGiven(database, signer);
    if (given !== null && !(await keyHolderGave(keyHolderJournal, given))) {
      throw new JournalDamaged(
        `the keyholder's journal ${keyHolderJournal} was truncated or replaced${head === null ? '' : ` (${head.sequence} records)`}: it lacks the signature that it gave for request ${given.requestId}`,
      );
    }
  };

  /** At start: without its own file, or with an older one, the signer would return to an old policy. */
  const compareAccepted = async (remembered: Anchor | null): Promise<void> => {
    const known = remembered?.accepted ?? null;
    if (known === null) return;
    const found = await accepted().catch((error: unknown) => {
      throw new JournalDamaged(messageOf(error), error);
    });
    if (found === known) return;
    const rows = await database.query(
      'SELECT commit FROM signer.accepted_snapshot WHERE commit = ANY($1) ORDER BY seq',
      [[known, found]],
    );
    const order = rows.map((row) => z.object({ commit: z.string() }).parse(row).commit);
    // A policy that the database lacks is newer than the database, and is recorded there again.
    if (found !== null && (!order.includes(found) || order.at(-1) === found)) return;
    throw new JournalDamaged(
      found === null
        ? `policy ${known} was accepted, and the file that records it is missing`
        : `policy ${known} was accepted, and the file that records it was rolled back to ${found}`,
    );
  };

  /** At start: without its own file, or with an older one, what was stopped on this host alone would continue. */
  const compareStops = async (remembered: Anchor | null): Promise<void> => {
    const known = remembered?.stops ?? null;
    if (known === null) return;
    const found = await stops().catch((error: unknown) => {
      throw new JournalDamaged(messageOf(error), error);
    });
    if (found !== null && found >= known) return;
    throw new JournalDamaged(
      found === null
        ? 'the file of emergency stops is missing: what was stopped on this host isn’t known any more'
        : `the file of emergency stops was rolled back from revision ${known} to ${found}`,
    );
  };

  /** While it runs, too: a keyholder that starts anew opens what it finds, and makes a journal where there is none. */
  const checkNotShorter = (known: JournalHead | null, found: JournalHead | null): void => {
    if (known === null || found === null || found.sequence > known.sequence) return;
    if (found.sequence === known.sequence && found.sha256 === known.sha256) return;
    // From now on each check compares all of it, until it is what it was, or was reconciled.
    compared = false;
    throw new JournalDamaged(
      `the keyholder's journal ${keyHolderJournal} was truncated or replaced while the signer ran (${found.sequence} records), and had ${known.sequence}`,
    );
  };

  const keep = async (keyHolder: JournalHead | null): Promise<string> => {
    await check();
    const newest = await newestEntry(database);
    if (newest === null) return '0';
    const before = await readAnchor(file);
    checkNotShorter(before?.keyHolder ?? null, keyHolder);
    const head = keyHolder ?? before?.keyHolder;
    const commit = (await accepted()) ?? before?.accepted;
    const revision = Math.max((await stops()) ?? 0, before?.stops ?? 0);
    await writeAnchor(file, {
      ...newest,
      ...(head === undefined ? {} : { keyHolder: head }),
      ...(commit === undefined ? {} : { accepted: commit }),
      ...(revision === 0 ? {} : { stops: revision }),
    });
    return newest.seq;
  };

  return {
    check,
    keep(keyHolder) {
      const kept = keeping.then(() => keep(keyHolder));
      keeping = kept.catch(() => undefined);
      return kept;
    },
  };
}

async function isJournalled(
  database: Pick<Database, 'query'>,
  requestId: string,
  grantId: string,
): Promise<boolean> {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(requestId)) return false;
  const rows = await database.query(
    `SELECT 1 FROM signer.journal
      WHERE request_id = $1::uuid AND kind = ANY($2) AND body::jsonb->>'grantId' = $3 LIMIT 1`,
    [requestId, grantKinds, grantId],
  );
  return rows.length > 0;
}

export async function newestEntry(
  database: Pick<Database, 'query'>,
): Promise<Pick<Anchor, 'seq' | 'hash'> | null> {
  const [row] = await database.query('SELECT seq, entry_hash FROM signer.journal ORDER BY seq DESC LIMIT 1');
  if (row === undefined) return null;
  const { seq, entry_hash: found } = rowSchema.parse(row);
  return { seq, hash: found };
}

/** null: there is no file. Throws JournalDamaged where it exists but can't be read as an anchor. */
export async function readAnchor(file: string): Promise<Anchor | null> {
  try {
    return anchorSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new JournalDamaged(`${file}, which remembers how far the journal had come, can’t be read`, cause);
  }
}

/** Durable before it counts. */
export async function writeAnchor(file: string, anchor: Anchor): Promise<void> {
  await replaceFile(file, `${JSON.stringify(anchor)}\n`);
}
