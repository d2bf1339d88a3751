/** Who asks. Verbs decide from this alone; a page, a route or a cookie never does. */
import type { PersonHandle, ProjectSlug } from '../../core/ids/index.ts';
import type { PolicySnapshot } from '../../core/policy/index.ts';

export type ProjectRole = 'author' | 'reviewer' | 'approver';

export interface PersonRoles {
  readonly policyMaintainer: boolean;
  /** Decides on applications, in the foundation. */
  readonly foundationReviewer: boolean;
  readonly projects: ReadonlyMap<ProjectSlug, readonly ProjectRole[]>;
}

export type Actor =
  | { readonly kind: 'public' }
  /** Signed in with the code host, but nobody the accepted policy names. */
  | {
      readonly kind: 'account';
      readonly githubId: string;
      readonly name: string;
      /** Signed in through the development sign-in, which proves nothing. */
      readonly development: boolean;
    }
  | {
      readonly kind: 'person';
      readonly handle: PersonHandle;
      readonly githubId: string;
      readonly name: string;
      readonly roles: PersonRoles;
      /** Signed in through the development sign-in, which proves nothing. */
      readonly development: boolean;
    }
  | { readonly kind: 'token'; readonly tokenId: string; readonly project: ProjectSlug; readonly name: string }
  /** A person with a shell on the portal's machine: set-up and the demo. */
  | { readonly kind: 'operator'; readonly name: string };

/** Actor → the text that rows and audit events carry. */
export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'public':
      return 'public';
    case 'account':
      return `github:${actor.githubId}`;
    case 'person':
      return `person:${actor.handle}`;
    case 'token':
      return `token:${actor.project}/${actor.name}`;
    case 'operator':
      return `operator:${actor.name}`;
  }
}

/** What the accepted policy lets this person do. */
export function rolesOf(snapshot: PolicySnapshot, handle: PersonHandle): PersonRoles {
  const projects = new Map<ProjectSlug, readonly ProjectRole[]>();
  for (const [slug, { project }] of snapshot.projects) {
    const { team } = project.value;
    const roles: ProjectRole[] = [];
    if (team.authors.includes(handle)) roles.push('author');
    if (team.reviewers.includes(handle)) roles.push('reviewer');
    if (team.approvers.includes(handle)) roles.push('approver');
    if (roles.length > 0) projects.set(slug, roles);
  }
  return {
    policyMaintainer: snapshot.trustRoot.value.policyMaintainers.members.includes(handle),
    foundationReviewer: snapshot.people.get(handle)?.value.roles?.includes('reviewer') ?? false,
    projects,
  };
}

export function isOnTeam(actor: Actor, project: ProjectSlug): boolean {
  return actor.kind === 'person' && actor.roles.projects.has(project);
}
