/** Who may ask for which change. What makes a change hold is decided elsewhere: by signatures, and by the signer. */
import { parseRepositoryPath } from '../core/policy/index.ts';
import type { Actor } from '../platform/auth/index.ts';
import { PolicyChangesError } from './error.ts';

type Person = Extract<Actor, { kind: 'person' }>;

/** Policy maintainers and the foundation's reviewers propose anything; a team its project; everybody themselves. */
export function mayChangeFile(person: Person, path: string): boolean {
  if (person.roles.policyMaintainer || person.roles.foundationReviewer) return true;
  const place = parseRepositoryPath(path);
  if (!place.ok || place.path === null) return false;
  if ('project' in place.path) return person.roles.projects.has(place.path.project);
  return place.path.kind === 'Person' && place.path.handle === person.handle;
}

export function authoriseFiles(person: Person, paths: Iterable<string>): void {
  for (const path of paths) {
    if (mayChangeFile(person, path)) continue;
    throw new PolicyChangesError({
      code: 'NOT_ALLOWED',
      message: `${path.slice(0, 200)} is not yours to change.`,
      fix: 'Propose changes to the projects whose team you are on, and ask a policy maintainer for everything else.',
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
