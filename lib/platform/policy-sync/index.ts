/** The signers' own reports on how they follow the policy repository. The rows are written by another program: parsed, not trusted. */
import { z } from 'zod';
import { parseCommitSha } from '#core/ids/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import type { Portal } from '../portal/index.ts';

const commit = z
  .string()
  .nullable()
  .transform((value) => (value === null ? null : parseCommitSha(value)));
const rowSchema = z.object({
  signerId: z.string().max(63),
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
const signersMax = 200;

type Report = z.infer<typeof rowSchema>;

/** What most needs somebody to act comes first. */
const gravity = ['rewritten', 'invalid', 'stale', 'unreachable', 'unsigned', null] as const;

/**
 * What the signers said last: of several that are running, the one that needs somebody to act. Unknown and Degraded where all have been
 * silent for over a minute; but a rewriting that any signer saw stays one.
 */
export async function readPolicySync(portal: Pick<Portal, 'db' | 'now'>): Promise<PolicySync> {
  const [rows, stopped] = await Promise.all([
    portal.db.policyFollowing.findMany({ orderBy: { checkedAt: 'desc' }, take: signersMax }),
    portal.db.presence.findMany({
      where: { stoppedAt: { not: null } },
      select: { signerId: true },
      take: signersMax,
    }),
  ]);
  const reports = rows.map((row) => rowSchema.parse(row));
  const [newest] = reports;
  if (newest === undefined) {
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
  const secondsOf = (report: Report): number =>
    Math.round((portal.now().getTime() - report.checkedAt.getTime()) / 1000);
  const running = reports.filter((report) => secondsOf(report) <= silentSecondsMax);
  const ended = new Set(stopped.map(({ signerId }) => signerId));
  // An attacker who rewrote the history must not be able to end the alarm by silencing the signer that saw it.
  const alarms = reports.filter(
    (report) => report.problem === 'rewritten' && !ended.has(report.signerId) && !running.includes(report),
  );
  const [worst] = [...running, ...alarms].toSorted(
    (one, other) => gravity.indexOf(one.problem) - gravity.indexOf(other.problem),
  );
  if (worst === undefined) return silent(newest, secondsOf(newest));
  if (!running.includes(worst)) return silent(worst, secondsOf(worst));
  const { signerId, ...said } = worst;
  if (running.length === 1 || said.reason === null) return said;
  return { ...said, reason: `Signer ${signerId}: ${said.reason}` };
}

function silent({ signerId: _, ...report }: Report, seconds: number): PolicySync {
  const reason = `The signer has not checked the policy repository for ${seconds} seconds.`;
  // Nor by withholding newer ones.
  if (report.problem === 'rewritten' || report.problem === 'stale') {
    return { ...report, health: 'Degraded', reason: `${report.reason ?? ''} ${reason}`.trim() };
  }
  return { ...report, sync: 'Unknown', health: 'Degraded', problem: 'silent', reason };
}
