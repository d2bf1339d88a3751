/** Every line of a GitHub origin, in the order of public pages, forms and the reference. */
import type { GitHubOrigin } from '../../../generated/index.ts';
import { attestations, maximumAge, sourceFields } from '../../fields/index.ts';
import type { OriginField } from '../../field.ts';
import type { GitHubPolicy } from '../policy.ts';
import { builder } from './builder.ts';
import { hostFields, requireRunArtifact, requireRunSuccess } from './host.ts';
import { runFields } from './run.ts';
import { rulesetFields } from './rulesets.ts';
import { refs, runner, triggers, workflow } from './workflow.ts';

export const fields: readonly OriginField<GitHubOrigin, GitHubPolicy>[] = [
  ...sourceFields('github', {
    description:
      'Whose builds these lines are about. github (where left out): GitHub Actions. The build system must be of the same provider.',
    meaning:
      '`github` (default): builds of GitHub Actions. The same as of its build system in `trust/root.yaml` (rules `rule.provider`, `origin.provider`)',
  }),
  workflow,
  ...refs,
  ...triggers,
  ...runner,
  ...builder,
  ...runFields,
  maximumAge,
  requireRunSuccess,
  requireRunArtifact,
  ...rulesetFields('branchRulesets', 'branch', 'branches', { $ref: '#/$defs/Rulesets' }),
  ...rulesetFields('tagRulesets', 'tag', 'tags', { $ref: '#/$defs/Rulesets' }),
  ...hostFields,
  ...attestations,
];
