/** Signatures in a keyholder's journal, compared with the database. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readBody } from '#core/wire/journal/index.ts';
import type { Database } from '../ground/database/index.ts';
import { grantKinds, keyHolderGave, type GivenSignature } from '../ground/journal/index.ts';
import { readKeyHolderJournal, type JournalHead, type JournalRecord } from '../keyholder/index.ts';
import { ReconcileError } from './error.ts';
import { listedMax, pageSize } from './limits.ts';

/** Purposes of grants for files. */
const ofFiles: ReadonlySet<string> = new Set(['release', 'test', 'raw', 'openpgp']);

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
  /** Whether the database still has the request, which is then processed again. */
  readonly requestKnown: boolean;
}

export interface KeyHolderState {
  readonly file: string;
  /** null: the file isn't there. */
  readonly head: JournalHead | null;
  /** SHA-256 of the record where the journal ended by the anchor; null: it has no such record, or there is no anchor. */
  readonly atRemembered: string | null;
  /** Failed attempts to sign without a journal entry. */
  readonly unknownAttempts: number;
  /** Whether the signature of `given` is in it; true where none was asked for. */
  readonly hasGiven: boolean;
  /** Timestamps signed since the newest entry of the database. */
  readonly timestampsSince: number;
}

export interface KnownGrants {
  /** Grants that any entry names. */
  readonly all: ReadonlySet<string>;
  /** Grants that an entry says were signed. */
  readonly done: ReadonlySet<string>;
}

export async function knownGrants(database: Database): Promise<KnownGrants> {
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
        const read = readBody(kind, body);
        // If it were skipped, its signature would seem lost and be recorded again.
        if (!read.readable)
          throw new ReconcileError(
            'ENTRY_UNREADABLE',
            `entry ${seq} of the journal can’t be read: ${read.problem}`,
          );
        const { grantId } = read.body;
        all.add(grantId);
        if (kind === 'sign.done') done.add(grantId);
        after = seq;
      }
      if (rows.length < pageSize) break;
    }
  }
  return { all, done };
}

export async function readKeyHolder(
  file: string,
  into: {
    readonly newest: string | null;
    readonly known: KnownGrants;
    readonly made: Map<string, MadeSignature>;
    readonly recorded: Set<string>;
    readonly remembered: number | null;
    readonly archives: readonly string[];
    /** The newest signature that the database says this keyholder gave. */
    readonly given: GivenSignature | null;
  },
): Promise<KeyHolderState> {
  const { newest, known, made, recorded, remembered, archives, given } = into;
  let atRemembered: string | null = null;
  const intents = new Map<string, Omit<MadeSignature, 'signatureSha256' | 'at' | 'requestKnown'>>();
  const stamps = new Set<string>();
  let timestampsSince = 0;
  const each = ({ entry, at, sequence }: JournalRecord, { sha256 }: JournalHead): void => {
    if (sequence === remembered) atRemembered = sha256;
    if (entry.kind === 'intent' && entry.purpose === 'timestamp') stamps.add(entry.grantId);
    if (entry.kind === 'intent' && ofFiles.has(entry.purpose)) {
      const { grantId, requestId, purpose, keyLabel, project, unsignedSha256, artifactSha256, policyCommit } =
        entry;
      intents.set(grantId, {
        grantId,
        requestId,
        purpose,
        keyLabel,
        project,
        unsignedSha256,
        artifactSha256,
        policyCommit,
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
        `over ${listedMax} signatures that the database lacks: restore a newer backup`,
      );
    const signatureSha256 = createHash('sha256').update(Buffer.from(entry.signature, 'base64')).digest('hex');
    made.set(entry.grantId, { ...intent, signatureSha256, at, requestKnown: false });
  };
  const head = await readKeyHolderJournal(file, each, { archives });
  const unknownAttempts = [...intents.keys()].filter((grantId) => !known.all.has(grantId)).length;
  const hasGiven = given === null || (await keyHolderGave(file, given, archives));
  return { file, head, atRemembered, hasGiven, unknownAttempts, timestampsSince };
}
