import { z } from 'zod';
import type { RequestId } from '#core/ids/index.ts';
import type { Database } from '../../ground/database/index.ts';

const row = z.object({ key_label: z.string() });

/** Labels of the keys that signatures of a request were claimed by, made or not: its places take those of no other key. */
export async function claimedKeys(
  database: Pick<Database, 'query'>,
  id: RequestId,
): Promise<ReadonlySet<string>> {
  const rows = await database.query(
    'SELECT DISTINCT key_label FROM signer.signature_claim WHERE request_id = $1',
    [id],
  );
  return new Set(rows.map((one) => row.parse(one).key_label));
}
