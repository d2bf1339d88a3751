import { checkGuards } from '../policy/index.ts';
import type { Diagnostic, PolicySnapshot } from '../policy/index.ts';
import { affectedPolicies } from './affected-policies.ts';
import type { AffectedPolicies } from './affected-policies.ts';
import { worst } from './change.ts';
import type { Change, Effect } from './change.ts';
import { compareSnapshots } from './compare-snapshots.ts';
import type { PastRequest } from './past-request.ts';
import { replay } from './replay.ts';
import type { ReplayVerdict } from './replay.ts';

export interface ReplayedRequest {
  readonly id: string;
  readonly project: string;
  readonly policy: string;
  /** What the signer decided then. */
  readonly decided: PastRequest['decided'];
  /** What the rules say before the change, over the recorded facts. */
  readonly before: ReplayVerdict;
  /** What they say after it. */
  readonly after: ReplayVerdict;
}

export interface ReplayReport {
  readonly requests: number;
  /** Requests that the change decides otherwise. */
  readonly changed: readonly ReplayedRequest[];
  /** How many of all requests have each outcome after the change. */
  readonly outcomes: Readonly<Record<ReplayVerdict['outcome'], number>>;
}

export interface Plan {
  readonly base: string;
  readonly head: string;
  /** The one that counts for the whole. */
  readonly effect: Effect;
  readonly changes: readonly Change[];
  readonly affected: AffectedPolicies;
  /** What must stop the change until somebody looks twice. */
  readonly guards: readonly Diagnostic[];
  /** null: there were no requests to replay. */
  readonly replay: ReplayReport | null;
}

/** Two snapshots, and past requests or null → what the change from one to the other means. Pure. */
export function planChange(
  base: PolicySnapshot,
  head: PolicySnapshot,
  past: readonly PastRequest[] | null,
): Plan {
  const changes = compareSnapshots(base, head);
  return {
    base: base.commit,
    head: head.commit,
    effect: worst(changes.map((one) => one.effect)),
    changes,
    affected: affectedPolicies(base, head, changes),
    guards: checkGuards(base, head),
    replay: past === null ? null : compareReplays(base, head, past),
  };
}

function compareReplays(
  base: PolicySnapshot,
  head: PolicySnapshot,
  past: readonly PastRequest[],
): ReplayReport {
  const before = replay(base, past);
  const after = replay(head, past);
  const outcomes = { allowed: 0, denied: 0, waiting: 0, unknown: 0 };
  const changed: ReplayedRequest[] = [];
  past.forEach(({ id, project, policy, decided }, index) => {
    const earlier = before[index];
    const later = after[index];
    if (earlier === undefined || later === undefined) throw new TypeError('a request without a verdict');
    outcomes[later.outcome] += 1;
    if (earlier.outcome !== later.outcome || earlier.rule !== later.rule) {
      changed.push({ id, project, policy, decided, before: earlier, after: later });
    }
  });
  return { requests: past.length, changed, outcomes };
}
