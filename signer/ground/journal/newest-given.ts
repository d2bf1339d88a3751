import { createHash } from 'node:crypto';
import { isError } from '#core/error/index.ts';
import { z } from 'zod';
import { findSignatures, KeyHolderError } from '../../keyholder/index.ts';
import type { Database } from '../database/index.ts';

/** A signature that the database says a signer's keyholder gave. */
export interface GivenSignature {
  readonly requestId: string;
  /** SHA-256 of the signature's octets. */
  readonly signatureSha256: string;
  /** All grants of the request: a keyholder may have recorded the signature under an earlier one. */
  readonly grantIds: readonly string[];
}

const rowSchema = z.object({
  request_id: z.string(),
  signature_sha256: z.string().regex(/^[0-9a-f]{64}$/),
  grant_ids: z.array(z.string()),
});

/**
 * The newest signature that `signer` had claimed, and so its own keyholder gave, since an operator last reconciled that signer; null: none. A
 * keyholder's journal that lacks it was set back, even where what this signer remembers was set back with it.
 */
export async function newestGiven(
  database: Pick<Database, 'query'>,
  signer: string,
): Promise<GivenSignature | null> {
  const [row] = await database.query(
    `SELECT claim.request_id::text AS request_id, claim.signature_sha256,
            (SELECT array_agg(DISTINCT own.body::jsonb->>'grantId') FROM signer.journal AS own
              WHERE own.request_id = claim.request_id AND own.kind IN ('sign.intent', 'sign.done')) AS grant_ids
       FROM signer.journal AS entry
       JOIN signer.signature_claim AS claim
         ON claim.request_id = entry.request_id AND claim.signature_sha256 = entry.body::jsonb->>'signatureSha256'
      WHERE entry.kind = 'sign.done' AND claim.signer_id = $1
        AND entry.seq > coalesce((SELECT seq FROM signer.journal
              WHERE kind = 'journal.reconciled' AND body::jsonb->>'signer' = $1 ORDER BY seq DESC LIMIT 1), 0)
      ORDER BY entry.seq DESC LIMIT 1`,
    [signer],
  );
  if (row === undefined) return null;
  const {
    request_id: requestId,
    signature_sha256: signatureSha256,
    grant_ids: grantIds,
  } = rowSchema.parse(row);
  return { requestId, signatureSha256, grantIds };
}

/** Whether a keyholder's journal has it, by its indexes. */
export async function keyHolderGave(
  journal: string,
  { grantIds, signatureSha256 }: GivenSignature,
  archives: readonly string[] = [],
): Promise<boolean> {
  try {
    const { signatures } = await findSignatures(journal, new Set(grantIds), archives);
    return [...signatures.values()].some(
      (signature) => createHash('sha256').update(signature).digest('hex') === signatureSha256,
    );
  } catch (error) {
    // Its index has one of them, and only the record is in an archive.
    if (isError(error, KeyHolderError) && error.code === 'JOURNAL_SEGMENT_AWAY') return true;
    throw error;
  }
}
