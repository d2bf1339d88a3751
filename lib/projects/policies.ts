import type { PolicySlug } from '#core/ids/index.ts';
import { describePolicy, effectivePolicy } from '#core/policy/index.ts';
import type { PolicySection, SigningPolicyDocument } from '#core/policy/index.ts';
import type { ProjectDetail } from './read.ts';

export interface DescribedPolicy {
  readonly slug: PolicySlug;
  readonly document: SigningPolicyDocument;
  /** The policy in plain English; empty where it decides nothing, as in a paused project. */
  readonly sections: readonly PolicySection[];
}

/** A project's signing policies for people: those for releases first. */
export function describePolicies(detail: ProjectDetail): readonly DescribedPolicy[] {
  return [...detail.project.policies]
    .map(([slug, document]): DescribedPolicy => {
      const effective = effectivePolicy(detail.accepted.snapshot, detail.slug, slug);
      return { slug, document, sections: effective.ok ? describePolicy(effective.value).sections : [] };
    })
    .sort(
      (a, b) =>
        a.document.value.purpose.localeCompare(b.document.value.purpose) || a.slug.localeCompare(b.slug),
    );
}
