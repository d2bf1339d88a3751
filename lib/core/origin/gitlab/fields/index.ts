/** Every line of a GitLab origin, in the order of public pages, forms and the reference. */
import type { GitLabOrigin } from '../../../generated/index.ts';
import { attestations, environment, maximumAge, sourceFields, visibility } from '../../fields/index.ts';
import type { OriginField } from '../../field.ts';
import type { GitLabPolicy } from '../policy.ts';
import { includes } from './contents.ts';
import { hostFields, pipelineFields } from './host.ts';
import { configuration, pipelineSources, refs, runner } from './pipeline.ts';
import { protectedBranch, protectedTag } from './protection.ts';

export const fields: readonly OriginField<GitLabOrigin, GitLabPolicy>[] = [
  ...sourceFields('gitlab', {
    description:
      'Whose builds these lines are about. gitlab: GitLab CI/CD. The build system must be of the same provider.',
    meaning:
      '`gitlab`: builds of GitLab CI/CD. The same as of its build system in `trust/root.yaml` (rules `rule.provider`, `origin.provider`)',
  }),
  configuration,
  ...refs,
  ...pipelineSources,
  runner,
  environment,
  visibility,
  maximumAge,
  ...pipelineFields,
  includes,
  ...protectedBranch,
  ...protectedTag,
  ...hostFields,
  ...attestations,
];
