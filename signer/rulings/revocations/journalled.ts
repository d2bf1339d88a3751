/** What the journal says was revoked: the register's second place, in another machine's keeping. */
import { z } from 'zod';
import type { JournalKind } from '#core/audit/index.ts';
import { parseCertificateSerial, parseCommitSha } from '#core/ids/index.ts';
import { reasonCodes, type RevocationReason } from '#core/pki/crl/index.ts';
import type { Database } from '../../ground/database/index.ts';
import type { RevocationClaim } from './compare.ts';
import type { KnownRevocation } from './wire.ts';

export const revokedKind = 'certificate.revoked' satisfies JournalKind;

export interface Journalled {
  /** The last entry that was looked at. */
  readonly seq: bigint;
  readonly entries: readonly JournalledRevocation[];
}

export interface JournalledRevocation {
  readonly revocation: KnownRevocation;
  /** The signer that wrote it; null in entries of earlier versions. */
  readonly signer: string | null;
}

const rowsAtOnce = 1000;
const reasons = Object.keys(reasonCodes) as [RevocationReason, ...RevocationReason[]];
const time = z.iso.datetime().transform((text) => new Date(text));
const rowSchema = z.object({
  seq: z.union([z.string(), z.bigint()]).transform((value) => BigInt(value)),
  body: z.string(),
});
const bodySchema = z.object({
  serial: z.string().transform((value) => parseCertificateSerial(value)),
  ...{ project: z.string(), certificate: z.string(), reason: z.enum(reasons) },
  ...{ effectiveAt: time, learnedAt: time },
  policyCommit: z
    .string()
    .transform((value) => parseCommitSha(value))
    .nullable(),
  signer: z.string().nullable().default(null),
});

/** Entries after `after`, oldest first. An entry that can’t be read throws: to pass it over would be to forget a revocation. */
export async function readJournalled(database: Pick<Database, 'query'>, after: bigint): Promise<Journalled> {
  const entries: JournalledRevocation[] = [];
  let seq = after;
  for (;;) {
    const rows = await database.query(
      'SELECT seq, body FROM signer.journal WHERE kind = $1 AND seq > $2 ORDER BY seq LIMIT $3',
      [revokedKind, seq.toString(), rowsAtOnce],
    );
    for (const row of rows) {
      const { seq: at, body } = rowSchema.parse(row);
      const { signer, ...revocation } = bodySchema.parse(JSON.parse(body));
      entries.push({ revocation, signer });
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
