/** Fields of `trust/root.yaml`. */
import { measureProvider } from '../../origin/index.ts';
import type { PolicyField } from './field.ts';
import { allowList, atMost, authority, identity, text } from '../../field-record/index.ts';

export const trustRootFields: readonly PolicyField[] = [
  { path: 'policyMaintainers', measure: authority('Policy maintainers') },
  {
    path: 'policyMaintainers threshold',
    measure: authority('How many policy maintainers must sign a change'),
  },
  { path: 'policyMaintainers looseningThreshold', measure: authority('How many must sign what loosens') },
  { path: 'policyMaintainers members *', measure: authority('Policy maintainer') },
  { path: 'policyMaintainers members', measure: authority('Policy maintainers') },
  { path: 'buildSystems', measure: allowList('Build system') },
  { path: 'buildSystems *', measure: allowList('Build system') },
  { path: 'buildSystems * displayName', measure: text('The name that people see') },
  { path: 'buildSystems * provider', measure: measureProvider },
  { path: 'buildSystems * issuer', measure: identity('The issuer of builds') },
  { path: 'buildSystems * trustRoot', measure: identity('The trust root') },
  {
    path: 'buildSystems * hostApi',
    measure: identity('The API of the code host, whose answers are believed,'),
  },
  { path: 'buildSystems * tuf', measure: identity('The TUF repository of the trust root') },
  { path: 'buildSystems * tuf kind', measure: identity('The kind of trust root') },
  { path: 'buildSystems * tuf mirror', measure: identity('The mirror of the trust root') },
  {
    path: 'buildSystems * tuf root',
    measure: identity('The root.json that the trust root is verified from'),
  },
  { path: 'buildSystems * tuf target', measure: identity('The name of the trust root in its repository') },
  { path: 'buildSystems * tuf staleDays', measure: atMost('How old the trust root may get') },
  { path: 'upstreamRoots', measure: allowList('Upstream root') },
  { path: 'upstreamRoots *', measure: allowList('Upstream root') },
  { path: 'upstreamRoots * reason', measure: text('The reason') },
  { path: 'upstreamRoots * certificate', measure: identity('The certificate of an upstream root') },
  { path: 'accountHosts', measure: identity('The server of people’s accounts') },
  { path: 'accountHosts gitlab', measure: identity('The GitLab of people’s accounts') },
];
