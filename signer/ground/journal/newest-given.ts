import { z } from 'zod';
import type { Database } from '../database/index.ts';

/** A signature that the database says a signer's keyholder gave. */
export interface GivenSignature {
  readonly requestId: string;
  /** SHA-256 of the signature's octets. */
  readonly signatureSha256: string;
}

const rowSchema = z.object({
  request_id: z.string(),
  signature_sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/**
 * The newest signature among the journal's entries behind `seq` that `signer` had claimed, and so its own keyholder gave; null: none. A
 * keyholder's journal that lacks it was set back, even where what this signer remembers was set back with it.
 */
export async function newestGiven(
  database: Pick<Database, 'query'>,
  signer: string,
  seq: string,
): Promise<GivenSignature | null> {
  const [row] = await database.query(
    `SELECT claim.request_id::text AS request_id, claim.signature_sha256
       FROM signer.journal AS entry
       JOIN signer.signature_claim AS claim
         ON claim.request_id = entry.request_id AND claim.signature_sha256 = entry.body::jsonb->>'signatureSha256'
      WHERE entry.kind = 'sign.done' AND entry.seq > $1 AND claim.signer_id = $2
      ORDER BY entry.seq DESC LIMIT 1`,
    [seq, signer],
  );
  if (row === undefined) return null;
  const { request_id: requestId, signature_sha256: signatureSha256 } = rowSchema.parse(row);
  return { requestId, signatureSha256 };
}
