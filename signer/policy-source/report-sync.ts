/** How the signer follows the policy repository, told to everybody in one row. */
import type { CommitSha } from '../../lib/core/ids/index.ts';
import type { Database } from '../database/index.ts';
import type { HeadProblem } from './judge-head.ts';

export interface PolicySourceStatus {
  /** Synced: the accepted commit is the remote's newest. OutOfSync: a newer one isn't accepted. Unknown: out of reach. */
  readonly sync: 'Synced' | 'OutOfSync' | 'Unknown';
  /** Degraded: somebody has to do something. A commit that waits for signatures is as it should be. */
  readonly health: 'Healthy' | 'Degraded';
  readonly accepted: CommitSha | null;
  /** Where the branch stood at the last look that could see it. */
  readonly observed: CommitSha | null;
  readonly problem: HeadProblem | 'unreachable' | null;
  /** One or more sentences; null where nothing is wrong. */
  readonly reason: string | null;
}

const reasonCharactersMax = 2_000;

export async function reportSync(database: Database, status: PolicySourceStatus, at: Date): Promise<void> {
  const { sync, health, accepted, observed, problem, reason } = status;
  // A reason may quote a commit that nobody vouches for: no more of it than people read, and nothing unreadable.
  const text = reason?.slice(0, reasonCharactersMax).replaceAll('\0', ' ').toWellFormed() ?? null;
  await database.query(
    `INSERT INTO signer.policy_sync (id, sync, health, accepted, observed, reason, problem, checked_at)
     VALUES (1, $1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (id) DO UPDATE SET sync = $1, health = $2, accepted = $3, observed = $4, reason = $5, problem = $6,
       checked_at = $7`,
    [sync, health, accepted, observed, text, problem, at],
  );
}
