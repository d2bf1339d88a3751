/** The effective policies that a change touches, as they were and as they will be. */
import type { PolicySlug, ProjectSlug } from '../../ids/index.ts';
import { describePolicy, effectivePolicy } from '../index.ts';
import type { PolicySection, PolicySnapshot } from '../index.ts';
import type { Change } from './change.ts';

export interface PolicyView {
  /** Equal digests decide equally; null: nothing is signed under this policy. */
  readonly digest: string | null;
  /** What it says, in plain sentences; where nothing is signed, why. */
  readonly sections: readonly PolicySection[];
}

export interface AffectedPolicy {
  readonly project: string;
  readonly policy: string;
  /** null: there was none. */
  readonly before: PolicyView | null;
  /** null: there is none any more. */
  readonly after: PolicyView | null;
}

export interface AffectedPolicies {
  readonly policies: readonly AffectedPolicy[];
  /** How many more there are beyond those shown. */
  readonly leftOut: number;
}

export const affectedShownMax = 500;

export function affectedPolicies(
  base: PolicySnapshot,
  head: PolicySnapshot,
  changes: readonly Change[],
): AffectedPolicies {
  const policies: AffectedPolicy[] = [];
  let leftOut = 0;
  for (const project of touchedProjects(base, head, changes)) {
    const earlier = base.projects.get(project)?.policies.keys() ?? [];
    const later = head.projects.get(project)?.policies.keys() ?? [];
    for (const policy of new Set([...earlier, ...later])) {
      const before = digestIn(base, project, policy);
      const after = digestIn(head, project, policy);
      if (before === after) continue;
      if (policies.length >= affectedShownMax) leftOut += 1;
      else
        policies.push({
          project,
          policy,
          before: view(base, project, policy),
          after: view(head, project, policy),
        });
    }
  }
  return { policies, leftOut };
}

/** Changes of files that all projects share can touch every one of them. */
function touchedProjects(
  base: PolicySnapshot,
  head: PolicySnapshot,
  changes: readonly Change[],
): ReadonlySet<ProjectSlug> {
  const all = [...base.projects.keys(), ...head.projects.keys()];
  if (changes.some((change) => change.project === null)) return new Set(all);
  const touched = new Set(changes.map((change) => change.project));
  return new Set(all.filter((slug) => touched.has(slug)));
}

/** A text that is equal exactly if the policy decides equally. */
function digestIn(snapshot: PolicySnapshot, project: ProjectSlug, policy: PolicySlug): string {
  if (snapshot.projects.get(project)?.policies.has(policy) !== true) return 'absent';
  const effective = effectivePolicy(snapshot, project, policy);
  return effective.ok
    ? effective.value.digest
    : effective.findings.map((finding) => finding.message).join(' ');
}

function view(snapshot: PolicySnapshot, project: ProjectSlug, policy: PolicySlug): PolicyView | null {
  if (snapshot.projects.get(project)?.policies.has(policy) !== true) return null;
  const effective = effectivePolicy(snapshot, project, policy);
  if (effective.ok) {
    return { digest: effective.value.digest, sections: describePolicy(effective.value).sections };
  }
  const sentences = effective.findings.map((finding) => finding.message);
  return { digest: null, sections: [{ title: 'Signature', sentences }] };
}
