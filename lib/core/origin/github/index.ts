/** Builds of GitHub Actions: what their certificates say, what policies ask of them, and in which words. */
import type { GitHubOrigin } from '../../generated/index.ts';
import type { ProviderRecord } from '../provider.ts';
import { alwaysCompared, arcs, certifiedClaims, extensionNames, type GitHubCertificate } from './claims.ts';
import { fields } from './fields/index.ts';
import { floors } from './floors.ts';
import { host } from './host/index.ts';
import { identityToken } from './identity-token.ts';
import { policyOf, type GitHubPolicy } from './policy.ts';
import { projects } from './projects.ts';
import { judge, rules } from './rules/index.ts';
import { words } from './words.ts';

export const github: ProviderRecord<GitHubOrigin, GitHubPolicy, GitHubCertificate> = {
  name: 'github',
  arcs,
  extensionNames,
  policyOf,
  judge,
  rules,
  compared: ({ visibility, environment }) => [
    ...alwaysCompared,
    ...(visibility === 'public' ? ['visibility'] : []),
    ...(environment === undefined ? [] : ['environment']),
  ],
  certified: (claims, { workflow }) => certifiedClaims(claims, workflow),
  words,
  host,
  identityToken,
  fields,
  floors,
  spelled: ({ builder, environment }) => [
    ...(builder === undefined
      ? []
      : ([
          { kind: 'name', text: builder.ref, path: ['builder', 'ref'] },
          { kind: 'address', text: builder.uri, path: ['builder', 'uri'] },
        ] as const)),
    ...(environment === undefined
      ? []
      : ([{ kind: 'name', text: environment, path: ['environment'] }] as const)),
  ],
  projects,
};

export { claimsOfFindings } from './claims.ts';
export type { GitHubPolicy } from './policy.ts';
