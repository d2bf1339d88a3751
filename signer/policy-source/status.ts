/** How the signer follows the policy repository: two states and a reason. */
import type { CommitSha } from '#core/ids/index.ts';
import type { FreshnessLimits } from '#core/policy/index.ts';
import type { HeadProblem } from './judge-head.ts';

export interface PolicySourceStatus {
  /** Synced: the accepted commit is the remote's newest. OutOfSync: a newer one isn't accepted. Unknown: out of reach. */
  readonly sync: 'Synced' | 'OutOfSync' | 'Unknown';
  /** Degraded: somebody has to act. A commit that waits for signatures is normal. */
  readonly health: 'Healthy' | 'Degraded';
  readonly accepted: CommitSha | null;
  /** Head of the branch at the last successful check. */
  readonly observed: CommitSha | null;
  /** stale: the policy in force is older than the foundation allows. */
  readonly problem: HeadProblem | 'unreachable' | 'stale' | null;
  /** One or more sentences; null where nothing is wrong. */
  readonly reason: string | null;
  readonly age: PolicyAge | null;
}

/** The date of the policy in force, and what follows from it. */
export interface PolicyAge extends FreshnessLimits {
  readonly datedAt: Date;
}

export interface Refused {
  readonly commit: CommitSha;
  readonly problem: HeadProblem;
  readonly reason: string;
}

export interface StatusInput {
  readonly accepted: CommitSha | null;
  readonly observed: CommitSha | null;
  /** Why the last check failed; null: it was completed. */
  readonly failed: string | null;
  readonly refused: Refused | null;
  /** Why signatures beside commits couldn't be fetched; null: they could. */
  readonly notesProblem: string | null;
  readonly age: PolicyAge | null;
  readonly now: Date;
}

export function statusOf(input: StatusInput): PolicySourceStatus {
  const followed = following(input);
  const { age, now } = input;
  if (age === null || now < age.alarmAt) return followed;
  const stale = `The policy in force is dated ${day(age.datedAt)}, older than the foundation allows since ${day(age.alarmAt)}: the Git host may be withholding newer ones. Compare with what maintainers have, then confirm the policy under “Policy changes”.`;
  const stopped = age.stopAt !== null && now >= age.stopAt ? ' Nothing is signed until then.' : '';
  const sentence = `${stale}${stopped}`;
  const other = followed.reason === null ? '' : ` ${followed.reason}`;
  if (followed.health === 'Degraded') return { ...followed, reason: `${sentence}${other}` };
  return { ...followed, health: 'Degraded', problem: 'stale', reason: `${sentence}${other}` };
}

const day = (date: Date): string => date.toISOString().slice(0, 10);

function following({
  accepted,
  observed,
  failed,
  refused,
  notesProblem,
  age,
}: StatusInput): PolicySourceStatus {
  const about = { accepted, observed, age };
  // A rewritten history is reported until a later check finds the branch corrected.
  if (failed !== null && refused?.problem !== 'rewritten') {
    return { ...about, sync: 'Unknown', health: 'Degraded', problem: 'unreachable', reason: failed };
  }
  if (accepted === null) {
    const reason = 'no commit is in force yet';
    return { ...about, sync: 'Unknown', health: 'Degraded', problem: null, reason };
  }
  if (refused === null) return { ...about, sync: 'Synced', health: 'Healthy', problem: null, reason: null };
  const { problem, reason } = refused;
  if (problem !== 'unsigned') return { ...about, sync: 'OutOfSync', health: 'Degraded', problem, reason };
  if (notesProblem === null) return { ...about, sync: 'OutOfSync', health: 'Healthy', problem, reason };
  const unread = `${reason} The signatures beside commits (refs/notes/policy-signatures) could not be fetched, so some may be missing: ${notesProblem}`;
  return { ...about, sync: 'OutOfSync', health: 'Degraded', problem, reason: unread };
}
