/** The signer's own report on how it follows the policy repository. The row is written by another program: parsed, not trusted. */
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
  /** OutOfSync: the newest commit isn't the one in force. Unknown: the state can't be determined. */
  readonly sync: 'Synced' | 'OutOfSync' | 'Unknown';
  /** Degraded: somebody has to act. */
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
  /** When the signer last checked; null: never. */
  readonly checkedAt: Date | null;
}

/** The signer checks every few seconds; if the report is older than this, the state is unknown. */
const silentSecondsMax = 60;

/** What the signer said last; Unknown and Degraded where it has been silent for over a minute, but a rewriting stays one. */
export async function readPolicySync(portal: Pick<Portal, 'db' | 'now'>): Promise<PolicySync> {
  const row = await portal.db.policySync.findUnique({ where: { id: 1 } });
  if (row === null) {
    const reason = 'The signer has not checked the policy repository yet.';
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
  const report = rowSchema.parse(row);
  const seconds = Math.round((portal.now().getTime() - report.checkedAt.getTime()) / 1000);
  if (seconds <= silentSecondsMax) return report;
  const reason = `The signer has not checked the policy repository for ${seconds} seconds.`;
  // An attacker who rewrote the history, or withholds it, must not be able to end the alarm by silencing the signer.
  if (report.problem === 'rewritten' || report.problem === 'stale') {
    return { ...report, health: 'Degraded', reason: `${report.reason ?? ''} ${reason}`.trim() };
  }
  return { ...report, sync: 'Unknown', health: 'Degraded', problem: 'silent', reason };
}
