/** What the portal says of a request that somebody doesn't want any more. It can only end a request, never help one. */
import { z } from 'zod';
import type { RequestId } from '#core/ids/index.ts';
import type { Database } from '../../ground/database/index.ts';

export interface Cancellation {
  readonly reason: string;
  readonly cancelledBy: string;
}

const row = z.object({ reason: z.string(), cancelled_by: z.string() });

/** null: nobody cancelled it. */
export async function readCancellation(
  database: Pick<Database, 'query'>,
  id: RequestId,
): Promise<Cancellation | null> {
  const [found] = await database.query(
    // Whoever writes the row can make it long.
    `SELECT left(reason, 500) AS reason, left(cancelled_by, 512) AS cancelled_by
       FROM portal.cancellation WHERE request_id = $1::uuid`,
    [id],
  );
  if (found === undefined) return null;
  const { reason, cancelled_by: cancelledBy } = row.parse(found);
  return { reason, cancelledBy };
}
