/**
 * What became of claims that have no signature: this signer's own keyholder knows, by its journal. Without that, nobody else may
 * ask for them by a key that gives another signature each time.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { RequestId } from '#core/ids/index.ts';
import type { Database } from '../../ground/database/index.ts';
import { readKeyHolderJournal } from '../../keyholder/index.ts';

interface ResolveOptions {
  readonly database: Pick<Database, 'query'>;
  /** Name of the signer that claimed. */
  readonly signer: string;
  /** Of the keyholder that it asked. */
  readonly keyHolderJournal: string;
  /** Requests whose passes are going on here: they write down their signatures themselves. */
  readonly atWork: readonly RequestId[];
  /** Only this one, of which this signer has the lease and nothing is being signed. */
  readonly only?: RequestId;
}

/** More are left to the next look. */
const claimsMax = 1000;
/** A keyholder whose signer was killed may need a moment to end. */
const settledSeconds = 30;

const claimRow = z.object({ slot: z.string(), grant_id: z.string(), settled: z.boolean() });

export interface Resolved {
  /** Signatures that were made, and are written down now. */
  readonly signed: number;
  /** Claims that nobody signed: anybody's again. */
  readonly released: number;
}

/** Costs one look by index where everything is resolved; else the keyholder's journal is read once. */
export async function resolveClaims(options: ResolveOptions): Promise<Resolved> {
  const { database, signer, only = null } = options;
  const rows = await database.query(
    `SELECT slot, grant_id, $3::uuid IS NOT NULL OR claimed_at < clock_timestamp() - make_interval(secs => $4) AS settled
       FROM signer.signature_claim
      WHERE signed_at IS NULL AND signer_id = $1 AND request_id <> ALL($2::uuid[]) AND ($3::uuid IS NULL OR request_id = $3)
      LIMIT ${claimsMax}`,
    [signer, only === null ? options.atWork : [], only, settledSeconds],
  );
  const open = rows.map((row) => claimRow.parse(row));
  if (open.length === 0) return { signed: 0, released: 0 };
  const wanted = new Set(open.map((claim) => claim.grant_id));
  const signatures = new Map<string, string>();
  await readKeyHolderJournal(options.keyHolderJournal, ({ entry }) => {
    if (entry.kind === 'signed' && wanted.has(entry.grantId)) signatures.set(entry.grantId, entry.signature);
  });
  const made = open.flatMap(({ slot, grant_id: grantId }) => {
    const signature = signatures.get(grantId);
    if (signature === undefined) return [];
    const sha256 = createHash('sha256').update(Buffer.from(signature, 'base64')).digest('hex');
    return [{ slot, grant_id: grantId, sha256, signature }];
  });
  if (made.length > 0)
    await database.query('SELECT * FROM signer.store_signatures($1, $2)', [signer, JSON.stringify(made)]);
  const unsigned = open.filter((claim) => claim.settled && !signatures.has(claim.grant_id));
  if (unsigned.length > 0)
    await database.query(
      `UPDATE signer.signature_claim SET signer_id = NULL
        WHERE signer_id = $1 AND signed_at IS NULL AND grant_id = ANY($2)`,
      [signer, unsigned.map((claim) => claim.grant_id)],
    );
  return { signed: made.length, released: unsigned.length };
}
