/**
 * What became of claims that have no signature: this signer's own keyholder knows, by its journal. Without that, nobody else may
 * ask for them by a key that gives another signature each time.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { RequestId } from '#core/ids/index.ts';
import type { Database } from '../../ground/database/index.ts';
import { findSignatures } from '../../keyholder/index.ts';

interface ResolveOptions {
  readonly database: Pick<Database, 'query'>;
  /** Name of the signer that claimed. */
  readonly signer: string;
  /** Of the keyholder that it asked. */
  readonly keyHolderJournal: string;
  /** Requests whose passes are going on here: they write down their signatures themselves. */
  readonly atWork: readonly RequestId[];
  /** Only this one, of which this signer has the lease. */
  readonly only?: RequestId;
}

/** More are left to the next look. */
const claimsMax = 1000;
/** A keyholder whose signer was killed may need a moment to end; and two processes under one name have noticed each other by then. */
const settledSeconds = 30;

const claimRow = z.object({
  slot: z.string(),
  grant_id: z.string(),
  settled: z.boolean(),
  claimed_at: z.string(),
  claimed: z.date(),
});

export interface Resolved {
  /** Signatures that were made, and are written down now. */
  readonly signed: number;
  /** Claims that nobody signed: anybody's again. */
  readonly released: number;
}

/** Costs one look by index where everything is resolved; else the end of the keyholder's journal is read once, and what is before it by index. */
export async function resolveClaims(options: ResolveOptions): Promise<Resolved> {
  const { database, signer, only = null } = options;
  const rows = await database.query(
    `SELECT slot, grant_id, claimed_at::text, claimed_at AS claimed,
            claimed_at < clock_timestamp() - make_interval(secs => $4) AS settled
       FROM signer.signature_claim
      WHERE signed_at IS NULL AND signer_id = $1 AND request_id <> ALL($2::uuid[]) AND ($3::uuid IS NULL OR request_id = $3)
      LIMIT ${claimsMax}`,
    [signer, only === null ? options.atWork : [], only, settledSeconds],
  );
  const open = rows.map((row) => claimRow.parse(row));
  if (open.length === 0) return { signed: 0, released: 0 };
  const wanted = new Set(open.map((claim) => claim.grant_id));
  const { signatures, began } = await findSignatures(options.keyHolderJournal, wanted);
  const made = open.flatMap(({ slot, grant_id: grantId }) => {
    const signature = signatures.get(grantId);
    if (signature === undefined) return [];
    const sha256 = createHash('sha256').update(signature).digest('hex');
    return [{ slot, grant_id: grantId, sha256, signature: signature.toString('base64') }];
  });
  if (made.length > 0)
    await database.query('SELECT * FROM signer.store_signatures($1, $2)', [signer, JSON.stringify(made)]);
  const unsigned = open.filter(
    (claim) => claim.settled && !signatures.has(claim.grant_id) && reachesBack(began, claim.claimed),
  );
  if (unsigned.length === 0) return { signed: made.length, released: 0 };
  // As it was read, and not one that a pass has made under the same grant since: its signature wasn't in the journal yet.
  const released = await database.query(
    `UPDATE signer.signature_claim AS claim SET signer_id = NULL
       FROM unnest($2::text[], $3::timestamptz[]) AS looked (slot, claimed_at)
      WHERE claim.slot = looked.slot AND claim.claimed_at = looked.claimed_at AND claim.signer_id = $1 AND claim.signed_at IS NULL
     RETURNING 1`,
    [signer, unsigned.map(({ slot }) => slot), unsigned.map((claim) => claim.claimed_at)],
  );
  return { signed: made.length, released: released.length };
}

/**
 * A journal that began after the claim, or not yet, doesn't know what was signed before: a signer on another host, or with a new disk, has
 * the name of the one that claimed and not its journal.
 */
const reachesBack = (began: Date | null, claimed: Date): boolean => began !== null && began <= claimed;
