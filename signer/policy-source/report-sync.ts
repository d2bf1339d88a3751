/** Publishes how the signer follows the policy repository, in one row. */
import type { Database } from '../ground/database/index.ts';
import type { PolicySourceStatus } from './status.ts';

const reasonCharactersMax = 2_000;

export async function reportSync(database: Database, status: PolicySourceStatus, at: Date): Promise<void> {
  const { sync, health, accepted, observed, problem, reason, age } = status;
  // A reason may quote an unsigned commit: its length is bounded and unreadable characters are removed.
  const text = reason?.slice(0, reasonCharactersMax).replaceAll('\0', ' ').toWellFormed() ?? null;
  const { datedAt = null, alarmAt = null, stopAt = null } = age ?? {};
  await database.query(
    `INSERT INTO signer.policy_sync
       (id, sync, health, accepted, observed, reason, problem, dated_at, alarm_at, stop_at, checked_at)
     VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (id) DO UPDATE SET sync = $1, health = $2, accepted = $3, observed = $4, reason = $5, problem = $6,
       dated_at = $7, alarm_at = $8, stop_at = $9, checked_at = $10`,
    [sync, health, accepted, observed, text, problem, datedAt, alarmAt, stopAt, at],
  );
}
