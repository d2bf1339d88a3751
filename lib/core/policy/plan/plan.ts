import { checkGuards } from '../index.ts';
import type { Diagnostic, PolicySnapshot } from '../index.ts';
import { affectedPolicies } from './affected-policies.ts';
import type { AffectedPolicies } from './affected-policies.ts';
import { type Effect, worst } from '../../field-record/index.ts';
import type { Change } from './change.ts';
import { compareSnapshots } from './compare-snapshots.ts';
import type { PastRequest } from './past-request.ts';
import { programMoves } from './program-moves.ts';
import type { ProgramMove } from './program-moves.ts';
import { replay } from './replay.ts';
import { requiredFor } from './required-signatures.ts';
import type { RequiredSignatures } from './required-signatures.ts';
import type { ReplayVerdict } from './replay.ts';

export interface ReplayedRequest {
  readonly id: string;
  readonly project: string;
  readonly policy: string;
  /** What the signer decided then. */
  readonly decided: PastRequest['decided'];
  /** The verdict under the rules before the change, on the recorded facts. */
  readonly before: ReplayVerdict;
  /** The verdict after it. */
  readonly after: ReplayVerdict;
}

export interface ReplayReport {
  readonly requests: number;
  /** Requests that the change decides differently. */
  readonly changed: readonly ReplayedRequest[];
  /** How many of all requests have each outcome after the change. */
  readonly outcomes: Readonly<Record<ReplayVerdict['outcome'], number>>;
}

export interface Plan {
  readonly base: string;
  readonly head: string;
  /** The effect of the change as a whole. */
  readonly effect: Effect;
  readonly changes: readonly Change[];
  readonly affected: AffectedPolicies;
  /** Guards that hold up the change until it is reviewed again. */
  readonly guards: readonly Diagnostic[];
  /** The signatures needed for the signer to accept it. */
  readonly required: RequiredSignatures;
  /** Projects that have to be reviewed for another program first. */
  readonly moves: readonly ProgramMove[];
  /** null: there were no requests to replay. */
  readonly replay: ReplayReport | null;
}

/**
 * Two snapshots, and past requests or null → what the change from one to the other means. `earlier`: what was in force some
 * days ago, as for requiredSignatures. Pure.
 */
export function planChange(
  base: PolicySnapshot,
  head: PolicySnapshot,
  past: readonly PastRequest[] | null,
  earlier: PolicySnapshot = base,
): Plan {
  const changes = compareSnapshots(base, head);
  const guards = checkGuards(base, head, earlier);
  return {
    base: base.commit,
    head: head.commit,
    effect: worst(changes.map((change) => change.effect)),
    changes,
    affected: affectedPolicies(base, head, changes),
    guards,
    required: requiredFor({ base, head, changes, guards }),
    moves: programMoves(base, head),
    replay: past === null ? null : compareReplays(base, head, past, changes),
  };
}

function compareReplays(
  base: PolicySnapshot,
  head: PolicySnapshot,
  past: readonly PastRequest[],
  changes: readonly Change[],
): ReplayReport {
  // What no change affects is decided as before: only the rest is judged twice.
  const shared = changes.some((change) => change.project === null);
  const projects = new Set<string | null>(changes.map((change) => change.project));
  const touched = past.filter((pastRequest) => shared || projects.has(pastRequest.project));
  const before = new Map(replay(base, touched).map((verdict, index) => [touched[index], verdict]));
  const after = replay(head, past);
  const outcomes = { allowed: 0, denied: 0, waiting: 0, unknown: 0 };
  const changed: ReplayedRequest[] = [];
  past.forEach((request, index) => {
    const later = after[index];
    if (later === undefined) throw new TypeError('a request without a verdict');
    outcomes[later.outcome] += 1;
    const earlier = before.get(request) ?? later;
    if (earlier.outcome === later.outcome && earlier.rule === later.rule) return;
    const { id, project, policy, decided } = request;
    changed.push({ id, project, policy, decided, before: earlier, after: later });
  });
  return { requests: past.length, changed, outcomes };
}
