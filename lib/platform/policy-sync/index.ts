/** How the signer says that it follows the policy repository. Its row is another program's: parsed, not trusted. */
import { z } from 'zod';
import { parseCommitSha } from '#core/ids/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import type { Portal } from '../portal/index.ts';

const commit = z
  .string()
  .nullable()
  .transform((value) => (value === null ? null : parseCommitSha(value)));
const rowSchema = z.object({
  sync: z.enum(['Synced', 'OutOfSync', 'Unknown']),
  health: z.enum(['Healthy', 'Degraded']),
  accepted: commit,
  observed: commit,
  reason: z.string().max(4_000).nullable(),
  problem: z.enum(['rewritten', 'unsigned', 'invalid', 'unreachable', 'stale']).nullable(),
  datedAt: z.date().nullable(),
  alarmAt: z.date().nullable(),
  stopAt: z.date().nullable(),
  checkedAt: z.date(),
});

export interface PolicySync {
  /** OutOfSync: the newest commit isn't the one in force. Unknown: nobody can say. */
  readonly sync: 'Synced' | 'OutOfSync' | 'Unknown';
  /** Degraded: somebody has to do something. */
  readonly health: 'Healthy' | 'Degraded';
  readonly accepted: CommitSha | null;
  readonly observed: CommitSha | null;
  readonly problem: 'rewritten' | 'unsigned' | 'invalid' | 'unreachable' | 'stale' | 'silent' | null;
  /** null where nothing is wrong. */
  readonly reason: string | null;
  /** The date of the commit in force; when it raises the alarm, and when nothing is signed under it any more. */
  readonly datedAt: Date | null;
  readonly alarmAt: Date | null;
  readonly stopAt: Date | null;
  /** When the signer looked last; null: never. */
  readonly checkedAt: Date | null;
}

/** The signer looks every few seconds; older than this, nobody knows. */
const silentSecondsMax = 60;

/** What the signer said last; Unknown and Degraded where it has been silent for over a minute, but a rewriting stays one. */
export async function readPolicySync(portal: Pick<Portal, 'db' | 'now'>): Promise<PolicySync> {
  const row = await portal.db.policySync.findUnique({ where: { id: 1 } });
  if (row === null) {
    const reason = 'The signer has not looked at the policy repository yet.';
    return {
      sync: 'Unknown',
      health: 'Degraded',
      problem: 'silent',
      reason,
      accepted: null,
      observed: null,
      checkedAt: null,
      datedAt: null,
      alarmAt: null,
      stopAt: null,
    };
  }
  const said = rowSchema.parse(row);
  const seconds = Math.round((portal.now().getTime() - said.checkedAt.getTime()) / 1000);
  if (seconds <= silentSecondsMax) return said;
  const reason = `The signer has not looked at the policy repository for ${seconds} seconds.`;
  // Whoever rewrote the history, or withholds it, must not be able to end the alarm by silencing the signer.
  if (said.problem === 'rewritten' || said.problem === 'stale') {
    return { ...said, health: 'Degraded', reason: `${said.reason ?? ''} ${reason}`.trim() };
  }
  return { ...said, sync: 'Unknown', health: 'Degraded', problem: 'silent', reason };
}
