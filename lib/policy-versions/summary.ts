/** What one accepted commit changed against the accepted one before it. */
import type { CommitSha } from '../core/ids/index.ts';
import { changedSentences, planChange, worst } from '../core/policy-plan/index.ts';
import type { AffectedPolicy, Change, Effect, Plan } from '../core/policy-plan/index.ts';
import type { Portal } from '../platform/portal/index.ts';

export interface VersionSummary {
  readonly effect: Effect;
  readonly changes: readonly Change[];
  readonly affected: readonly AffectedPolicy[];
  /** A few plain sentences of it, the ones that go before those that come. */
  readonly gone: readonly string[];
  readonly come: readonly string[];
}

type Source = Pick<Portal, 'policies'>;

const plansKeptMax = 64;
const sentencesMax = 6;
const kept = new WeakMap<object, Map<string, Promise<Plan>>>();

/** Commits don't change, and neither does what lies between two of them. */
export function planBetween(source: Source, before: CommitSha, after: CommitSha): Promise<Plan> {
  const memory = kept.get(source.policies) ?? new Map<string, Promise<Plan>>();
  kept.set(source.policies, memory);
  const key = `${before} ${after}`;
  const known = memory.get(key);
  if (known !== undefined) return known;
  const made = (async () => {
    const { snapshot: from } = await source.policies.at(before);
    const { snapshot: to } = await source.policies.at(after);
    return planChange(from, to, null);
  })();
  memory.set(key, made);
  made.catch(() => memory.delete(key));
  const oldest = memory.keys().next().value;
  if (memory.size > plansKeptMax && oldest !== undefined) memory.delete(oldest);
  return made;
}

/** A plan → what of it concerns one project, or all of it. */
export function summarise(plan: Plan, project: string | null): VersionSummary {
  const ofProject = <T extends { readonly project: string | null }>(all: readonly T[]): readonly T[] =>
    project === null ? all : all.filter((one) => one.project === project);
  const changes = ofProject(plan.changes);
  const affected = ofProject(plan.affected.policies);
  const sentences = affected.map((one) => ({ name: one.policy, ...changedSentences(one) }));
  const named = (side: 'gone' | 'come'): readonly string[] =>
    sentences
      .flatMap((one) => one[side].map((sentence) => `${one.name}: ${sentence}`))
      .slice(0, sentencesMax);
  return {
    effect: worst(changes.map((one) => one.effect)),
    changes,
    affected,
    gone: named('gone'),
    come: named('come'),
  };
}
