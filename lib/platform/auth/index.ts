export {
  accountsOf,
  actorName,
  isOnTeam,
  isOwn,
  mayMakeTokens,
  personOfAccount,
  rolesOf,
} from '../actor/index.ts';
export type { Actor, PersonRoles, ProjectRole } from '../actor/index.ts';
export { AuthError, bearerActor, stillGood } from './bearer.ts';
export { localPath } from './local-path.ts';
export { developmentApplicants } from './development-applicants.ts';
export { keyFor } from '../session-secret/index.ts';
export { addressSha256, keepVouched, verifiedAddresses } from './vouched.ts';
