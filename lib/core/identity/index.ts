/** Who somebody is: an account on a host. Pure. */
export { hostLabel, identityHostNames, identityHosts, isIdentityHost } from './hosts.ts';
export type { IdentityHost } from './hosts.ts';
export {
  firstHost,
  identityText,
  identityTextAsBefore,
  includesIdentity,
  isOnFirstHost,
  readIdentityAsBefore,
  sameIdentity,
} from './identity.ts';
export type { Identity, StoredIdentity } from './identity.ts';
