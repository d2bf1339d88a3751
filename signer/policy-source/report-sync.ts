/** Publishes how this signer follows the policy repository, in its row. */
import type { Database } from '../ground/database/index.ts';
import type { PolicySourceStatus } from './status.ts';

const reasonCharactersMax = 2_000;

export async function reportSync(
  database: Database,
  signer: string,
  status: PolicySourceStatus,
): Promise<void> {
  const { sync, health, accepted, observed, problem, reason, age } = status;
  // A reason may quote an unsigned commit: its length is bounded and unreadable characters are removed.
  const text = reason?.slice(0, reasonCharactersMax).replaceAll('\0', ' ').toWellFormed() ?? null;
  const { datedAt = null, alarmAt = null, stopAt = null } = age ?? {};
  await database.query(
    // The second table is what the portal of the release before reads. The time is the database's, as readers of reports go by it.
    `WITH earlier AS (
       INSERT INTO signer.policy_sync
         (id, sync, health, accepted, observed, reason, problem, dated_at, alarm_at, stop_at, checked_at)
       VALUES (1, $2, $3, $4, $5, $6, $7, $8, $9, $10, clock_timestamp())
       ON CONFLICT (id) DO UPDATE SET sync = $2, health = $3, accepted = $4, observed = $5, reason = $6, problem = $7,
         dated_at = $8, alarm_at = $9, stop_at = $10, checked_at = clock_timestamp())
     INSERT INTO signer.policy_following
       (signer_id, sync, health, accepted, observed, reason, problem, dated_at, alarm_at, stop_at, checked_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, clock_timestamp())
     ON CONFLICT (signer_id) DO UPDATE SET sync = $2, health = $3, accepted = $4, observed = $5, reason = $6, problem = $7,
       dated_at = $8, alarm_at = $9, stop_at = $10, checked_at = clock_timestamp()`,
    [signer, sync, health, accepted, observed, text, problem, datedAt, alarmAt, stopAt],
  );
}
