import { policyFields, sections, type Section } from './fields/index.ts';
import type { EffectivePolicy } from './effective-policy.ts';

export interface PolicyDescription {
  readonly sections: readonly PolicySection[];
}

export interface PolicySection {
  readonly title: Section;
  /** Plain text: names and addresses aren't marked up. */
  readonly sentences: readonly string[];
}

/** Each field says its part; what of a project's file concerns every release stands with it. */
const speaking = [...policyFields.SigningPolicy, ...policyFields.Project];

/** EffectivePolicy → what it says, in plain English, for people who never saw a policy file. */
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
