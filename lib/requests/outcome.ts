/**
 * How requests ended, for people and programs. The signer denies what somebody cancelled, and its journal says so: here, and nowhere
 * else, that is told apart from what it refused, so that every page, answer and message says the same.
 */
import type { RequestId } from '#core/ids/index.ts';
import type { Database } from '../platform/db/index.ts';
import { seqMax } from './find-passes.ts';
import type { RequestStatus } from './status.ts';

export type RequestOutcome = 'released' | 'denied' | 'failed' | 'cancelled' | 'superseded';

interface Stands {
  readonly id: RequestId;
  readonly status: RequestStatus;
}

/** null: it hasn't ended. */
export async function withOutcomes<T extends Stands>(
  db: Database,
  requests: readonly T[],
): Promise<readonly (T & { readonly outcome: RequestOutcome | null })[]> {
  const denied = requests.filter(({ status }) => status === 'denied').map(({ id }) => id);
  const ends = await findCancelled(db, denied);
  return requests.map((request) => ({
    ...request,
    outcome: ends.get(request.id) ?? outcomeOf(request.status),
  }));
}

function outcomeOf(status: RequestStatus): RequestOutcome | null {
  switch (status) {
    case 'completed':
      return 'released';
    case 'denied':
    case 'failed':
      return status;
    default:
      return null;
  }
}

/**
 * Those that the signer ended because they were cancelled: what its last step found says so. That there is a cancellation isn't enough,
 * since the signer may have refused the request by itself in the same moment; it is looked at first, because few requests have one.
 */
async function findCancelled(
  db: Database,
  ids: readonly RequestId[],
): Promise<ReadonlyMap<string, 'cancelled' | 'superseded'>> {
  if (ids.length === 0) return new Map();
  const rows = await db.$queryRaw<readonly { readonly id: string; readonly superseded: boolean }[]>`
    SELECT cancelled.request_id::text AS id, cancelled.superseded_by IS NOT NULL AS superseded
      FROM portal.cancellation AS cancelled
      CROSS JOIN LATERAL (
        SELECT body FROM signer.journal
         WHERE request_id = cancelled.request_id AND (kind, seq) >= ('step.finished', 0)
           AND (kind, seq) <= ('step.finished', ${seqMax}::bigint)
         ORDER BY kind DESC, seq DESC LIMIT 1
      ) AS last
     WHERE cancelled.request_id = ANY(${[...ids]}::uuid[])
       AND CASE WHEN signer.reads_as_json(last.body)
                THEN last.body::jsonb -> 'findings' @> '[{"rule": "received.cancelled", "outcome": "fail"}]'::jsonb END`;
  return new Map(rows.map(({ id, superseded }) => [id, superseded ? 'superseded' : 'cancelled']));
}
