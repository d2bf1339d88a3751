export { actorName, isOnTeam, rolesOf } from './actor.ts';
export type { Actor, PersonRoles, ProjectRole } from './actor.ts';
export { AuthError, bearerActor, newApiToken } from './bearer.ts';
export { localPath } from './local-path.ts';
export { developmentNewcomers } from './newcomers.ts';
