import type { GitHubOrigin } from '../../generated/index.ts';
import { defaultVisibility } from '../compared.ts';
import type { FloorAnswer, OriginFloorName } from '../floors.ts';

export const floors: Readonly<Record<OriginFloorName, FloorAnswer<GitHubOrigin>>> = {
  refs: {
    path: ['refs', 'branches'],
    fix: 'Remove `branches`, and name the tags that releases come from.',
    holds: ({ refs }) => refs.branches === undefined && refs.tags !== undefined,
  },
  runner: {
    path: ['runner'],
    fix: 'Write github-hosted.',
    holds: ({ runner }) => runner === 'github-hosted',
  },
  builder: {
    path: [],
    fix: 'Add `builder` with uri, ref and digest.',
    holds: ({ builder }) => builder !== undefined,
  },
  reruns: {
    path: ['reruns'],
    fix: 'Set reruns to refused.',
    holds: ({ reruns }) => reruns !== 'allowed',
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
