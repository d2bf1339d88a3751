/** Builds of GitLab CI/CD: what their certificates say, what policies ask of them, and in which words. */
import type { GitLabOrigin } from '../../generated/index.ts';
import type { ProviderRecord } from '../provider.ts';
import { alwaysCompared, arcs, certifiedClaims, extensionNames, type GitLabCertificate } from './claims.ts';
import { fields } from './fields/index.ts';
import { floors } from './floors.ts';
import { host } from './host/index.ts';
import { identityToken } from './identity-token.ts';
import { configurationOf, policyOf, type GitLabPolicy } from './policy.ts';
import { projects } from './projects.ts';
import { judge, rules } from './rules/index.ts';
import { words } from './words.ts';

export const gitlab: ProviderRecord<GitLabOrigin, GitLabPolicy, GitLabCertificate> = {
  name: 'gitlab',
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
  certified: (claims, { configuration }) => certifiedClaims(claims, configuration),
  words,
  host,
  identityToken,
  fields,
  floors,
  spelled: (origin) => [
    { kind: 'name', text: configurationOf(origin), path: ['configuration'] },
    ...(origin.environment === undefined
      ? []
      : ([{ kind: 'name', text: origin.environment, path: ['environment'] }] as const)),
  ],
  projects,
};

export type { GitLabPolicy } from './policy.ts';
