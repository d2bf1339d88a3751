import type { GitLabOrigin } from '../../generated/index.ts';
import { defaultVisibility } from '../compared.ts';
import type { FloorAnswer, OriginFloorName } from '../floors.ts';

export const floors: Readonly<Record<OriginFloorName, FloorAnswer<GitLabOrigin>>> = {
  refs: {
    path: ['refs', 'branches'],
    fix: 'Remove `branches`, and name the tags that releases come from.',
    holds: ({ refs }) => refs.branches === undefined && refs.tags !== undefined,
  },
  runner: {
    path: ['runner'],
    fix: 'Write gitlab-hosted, which asks the same of builds of GitLab.',
    holds: ({ runner }) => runner === 'gitlab-hosted',
  },
  builder: {
    path: [],
    fix: 'GitLab has no builder that signs in the place of the project’s own pipeline: this floor can’t be kept by its builds.',
    holds: () => false,
  },
  reruns: {
    path: [],
    fix: 'A retried job of GitLab gets a new id, and its certificate doesn’t tell that it is a retry: this floor can’t be kept by its builds. `maximumAgeHours` bounds how old a commit’s build can be.',
    holds: () => false,
  },
  environment: {
    path: [],
    fix: 'Add `environment` with the name of the deployment environment that releases are built in.',
    holds: ({ environment }) => environment !== undefined,
  },
  visibility: {
    path: ['visibility'],
    fix: 'Set visibility to public.',
    holds: ({ visibility }, purpose) => (visibility ?? defaultVisibility[purpose]) === 'public',
  },
};
