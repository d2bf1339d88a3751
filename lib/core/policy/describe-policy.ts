import { policyFields, sections, type Section } from './fields/index.ts';
import type { EffectivePolicy } from './effective-policy.ts';

export interface PolicyDescription {
  readonly sections: readonly PolicySection[];
}

export interface PolicySection {
  readonly title: Section;
  /** Plain text: names and URLs aren't marked up. */
  readonly sentences: readonly string[];
}

/** Each field describes itself; what a project's file says about every release is included. */
const speaking = [...policyFields.SigningPolicy, ...policyFields.Project];

/** EffectivePolicy → its description in plain English, for people who have never seen a policy file. */
export function describePolicy(effective: EffectivePolicy): PolicyDescription {
  return {
    sections: sections
      .map((title) => ({
        title,
        sentences: speaking.flatMap(({ says }) => (says?.section === title ? says.sentences(effective) : [])),
      }))
      .filter(({ sentences }) => sentences.length > 0),
  };
}
