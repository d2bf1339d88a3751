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
    fix: 'Write gitlab-hosted, which asks the same of builds of GitLab, and no other `runners` than those of the instance.',
    holds: ({ runner, runners }) =>
      runner === 'gitlab-hosted' &&
      (runners === undefined ||
        (runners.ids === undefined && runners.kinds?.every((kind) => kind === 'instance') === true)),
  },
  builder: {
    path: [],
    fix: 'GitLab has no builder that signs in the place of the project’s own pipeline: this floor can’t be kept by its builds.',
    holds: () => false,
  },
  reruns: {
    path: ['retries'],
    fix: 'Write `retries: refused`: the signer asks GitLab whether a job was retried, since no certificate says it.',
    holds: ({ retries }) => retries === 'refused',
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
