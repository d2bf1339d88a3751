/** Who may ask for which change. What makes a change hold is decided elsewhere: by signatures, and by the signer. */
import { parseRepositoryPath } from '#core/policy/index.ts';
import type { Actor } from '../platform/auth/index.ts';
import { PolicyChangesError } from './error.ts';

type Person = Extract<Actor, { kind: 'person' }>;

/**
 * Policy maintainers and the foundation's reviewers propose anything; a team its project, and people whom the policy doesn't name yet;
 * everybody themselves.
 */
export function mayChangeFile(person: Person, path: string, isNew: boolean): boolean {
  if (person.roles.policyMaintainer || person.roles.foundationReviewer) return true;
  const place = parseRepositoryPath(path);
  if (!place.ok || place.path === null) return false;
  if ('project' in place.path) return person.roles.projects.has(place.path.project);
  if (place.path.kind !== 'Person') return false;
  return place.path.handle === person.handle || (isNew && person.roles.projects.size > 0);
}

/** `known`: the files of the policy in force. */
export function authoriseFiles(
  person: Person,
  paths: Iterable<string>,
  known: ReadonlyMap<string, unknown>,
): void {
  for (const path of paths) {
    if (mayChangeFile(person, path, !known.has(path))) continue;
    throw new PolicyChangesError({
      code: 'NOT_ALLOWED',
      message: `${path.slice(0, 200)} is not yours to change.`,
      fix: 'Propose changes to the projects whose team you are on, and people new to the policy; ask a policy maintainer for everything else.',
    });
  }
}

/** Signing, objecting and merging: the foundation's policy maintainers. */
export function authoriseMaintainer(person: Person): void {
  if (person.roles.policyMaintainer) return;
  throw new PolicyChangesError({
    code: 'NOT_ALLOWED',
    message: 'Only policy maintainers accept changes of the policy.',
    fix: 'Wait for one of them; trust/root.yaml lists who they are.',
  });
}
