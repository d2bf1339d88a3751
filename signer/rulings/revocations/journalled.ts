/** Revocations in the journal: a second copy of the register, on another machine. */
import { CodedError } from '#core/error/index.ts';
import { z } from 'zod';
import { certificateRevoked, readBody } from '#core/wire/journal/index.ts';
import type { Database } from '../../ground/database/index.ts';
import type { RevocationClaim } from './claim.ts';
import type { KnownRevocation } from './wire.ts';

export interface Journalled {
  /** The last entry that was read. */
  readonly seq: bigint;
  readonly entries: readonly JournalledRevocation[];
}

export interface JournalledRevocation {
  readonly revocation: KnownRevocation;
  /** The signer that wrote it; null in entries of earlier versions. */
  readonly signer: string | null;
}

const rowsAtOnce = 1000;
const rowSchema = z.object({
  seq: z.union([z.string(), z.bigint()]).transform((value) => BigInt(value)),
  body: z.string(),
});
/** Nothing may be signed until it can be read, since it may concern any certificate. */
export class RevocationUnreadable extends CodedError<'REVOCATION_UNREADABLE'> {
  static override readonly errorName = 'RevocationUnreadable';
  constructor(seq: bigint, problem: string) {
    super(
      'REVOCATION_UNREADABLE',
      `entry ${seq} of the journal, a revocation, can’t be read: ${problem}. A later version may have written it: update this one`,
    );
  }
}

/** Entries after `after`, oldest first. An unreadable entry throws: skipping it would forget a revocation. */
export async function readJournalled(database: Pick<Database, 'query'>, after: bigint): Promise<Journalled> {
  const entries: JournalledRevocation[] = [];
  let seq = after;
  for (;;) {
    const rows = await database.query(
      'SELECT seq, body FROM signer.journal WHERE kind = $1 AND seq > $2 ORDER BY seq LIMIT $3',
      [certificateRevoked.kind, seq.toString(), rowsAtOnce],
    );
    for (const row of rows) {
      const { seq: at, body } = rowSchema.parse(row);
      const read = readBody('certificate.revoked', body);
      if (!read.readable) throw new RevocationUnreadable(at, read.problem);
      const { signer, effectiveAt, learnedAt, ...rest } = read.body;
      entries.push({
        revocation: { ...rest, effectiveAt: new Date(effectiveAt), learnedAt: new Date(learnedAt) },
        signer,
      });
      seq = at;
    }
    if (rows.length < rowsAtOnce) return { seq, entries };
  }
}

export function claimOf({ revocation, signer }: JournalledRevocation): RevocationClaim {
  const { serial, effectiveAt, reason } = revocation;
  const source = `the journal${signer === null ? '' : `, signer ${signer}`}`;
  return { serial, effectiveAt, keyCompromise: reason === 'keyCompromise', source };
}
