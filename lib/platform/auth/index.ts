export { actorName, isOnTeam, rolesOf } from './actor.ts';
export type { Actor, PersonRoles, ProjectRole } from './actor.ts';
export { AuthError, bearerActor, newApiToken } from './bearer.ts';
