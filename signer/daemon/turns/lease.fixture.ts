import type { RequestId } from '#core/ids/index.ts';
import type { Database } from '../../ground/database/index.ts';
import type { Lease } from './lease.ts';

/** A request leased to a signer that nobody else gets in the way of. */
export async function leased(database: Pick<Database, 'query'>, requestId: RequestId): Promise<Lease> {
  const owner = 'only/1';
  await database.query(
    `INSERT INTO signer.open_request
       (request_id, claimed_project, project, seen_at, waiting, due_at, lease_owner, lease_until)
     VALUES ($1, 'widget', '', now(), false, now(), $2, now() + interval '1 hour')
     ON CONFLICT (request_id) DO UPDATE SET lease_owner = $2, lease_until = now() + interval '1 hour'`,
    [requestId, owner],
  );
  return { requestId, owner, seconds: 3600 };
}
