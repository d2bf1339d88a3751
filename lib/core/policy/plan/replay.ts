import { failures } from '../../wire/finding/index.ts';
import type { Finding, PolicyLocation } from '../../wire/finding/index.ts';
import { IdentifierError, parsePolicySlug, parseProjectSlug } from '../../ids/index.ts';
import { effectivePolicy } from '../index.ts';
import type { EffectivePolicy, PolicySnapshot } from '../index.ts';
import { judgeApproval, judgeInspection, judgeOrigin, judgeScan, judgeSubmitter } from './judge-past.ts';
import type { PastStep } from './judge-past.ts';
import { compileForReplay } from './compile-policy.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import type { PastRequest } from './past-request.ts';

/** waiting: all facts conform, but too few of the listed people approved. unknown: a fact wasn't recorded. */
export type ReplayOutcome = 'allowed' | 'denied' | 'waiting' | 'unknown';

export interface ReplayVerdict {
  readonly outcome: ReplayOutcome;
  /** The deciding rule; null where all pass. */
  readonly rule: string | null;
  readonly message: string | null;
  /** Line of the policy that decides. */
  readonly policy: PolicyLocation | null;
}

/**
 * Would these requests be signed under this snapshot? One verdict for each, in their order.
 * The rules are the signer's own, over the facts it recorded. Linear in requests; each policy is compiled once.
 */
export function replay(snapshot: PolicySnapshot, past: readonly PastRequest[]): readonly ReplayVerdict[] {
  const compiled = new Map<string, CompiledPolicy | ReplayVerdict>();
  return past.map((request) => {
    const name = `${request.project}/${request.policy}`;
    let policy = compiled.get(name);
    if (policy === undefined) {
      policy = find(snapshot, request);
      compiled.set(name, policy);
    }
    return 'outcome' in policy ? policy : judge(policy, request);
  });
}

function find(snapshot: PolicySnapshot, request: PastRequest): CompiledPolicy | ReplayVerdict {
  const found = effectiveOf(snapshot, request);
  if (found === null)
    return denied({ rule: 'policy.name', message: 'No policy can have this name.', policy: null });
  if ('value' in found) return compileForReplay(found.value);
  const [first] = failures(found.findings);
  return denied(first ?? { rule: 'policy', message: 'The policy refuses every request.', policy: null });
}

function effectiveOf(
  snapshot: PolicySnapshot,
  { project, policy }: PastRequest,
): { readonly value: EffectivePolicy } | { readonly findings: readonly Finding[] } | null {
  try {
    const found = effectivePolicy(snapshot, parseProjectSlug(project), parsePolicySlug(policy));
    return found.ok ? { value: found.value } : { findings: found.findings };
  } catch (error) {
    if (error instanceof IdentifierError) return null;
    throw error;
  }
}

/** The steps in the signer's order: the first that refuses decides; what isn't known decides only where none refuses. */
function judge(policy: CompiledPolicy, request: PastRequest): ReplayVerdict {
  let unknown: ReplayVerdict | null = null;
  for (const step of [judgeSubmitter, judgeOrigin, judgeInspection, judgeScan, judgeApproval]) {
    const verdict = verdictOf(step(policy, request));
    if (verdict === null) continue;
    if (verdict.outcome === 'denied') return verdict;
    // A missing approval weighs less than a missing fact, which might lead to a refusal.
    unknown ??= verdict;
  }
  return unknown ?? { outcome: 'allowed', rule: null, message: null, policy: null };
}

function verdictOf(step: PastStep): ReplayVerdict | null {
  switch (step.state) {
    case 'pass':
      return null;
    case 'fail':
      return denied(step.finding);
    case 'waiting':
    case 'unknown': {
      const { rule, message, policy } = step;
      return { outcome: step.state, rule, message, policy };
    }
  }
}

function denied(finding: Pick<Finding, 'rule' | 'message' | 'policy'>): ReplayVerdict {
  return { outcome: 'denied', rule: finding.rule, message: finding.message, policy: finding.policy };
}
