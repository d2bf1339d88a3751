/** The caller. Verbs authorise from this alone; pages, routes and cookies never do. */
import { identityText, includesIdentity } from '#core/identity/index.ts';
import type { Identity, StoredIdentity } from '#core/identity/index.ts';
import type { PersonHandle, PolicySlug, ProjectSlug } from '#core/ids/index.ts';
import { findByIdentity, identitiesOf } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { formatSubmitter } from '#core/wire/submitter/index.ts';
import type { SubmittingBuild } from '#core/wire/submitter/index.ts';
import type { VerifiedBuild } from '../build-token/index.ts';

export type ProjectRole = 'author' | 'reviewer' | 'approver' | 'submitter' | 'configurator';

export interface PersonRoles {
  readonly policyMaintainer: boolean;
  /** Decides on applications, in the foundation. */
  readonly foundationReviewer: boolean;
  /** Reads and exports records of actions and decisions; decides nothing. */
  readonly auditor: boolean;
  readonly projects: ReadonlyMap<ProjectSlug, readonly ProjectRole[]>;
}

export type Actor =
  | { readonly kind: 'public' }
  /** Signed in with the code host, but nobody the accepted policy names. */
  | {
      readonly kind: 'account';
      readonly identity: Identity;
      readonly name: string;
      /** Signed in through the development sign-in, which proves nothing. */
      readonly development: boolean;
    }
  | {
      readonly kind: 'person';
      readonly handle: PersonHandle;
      /** The person's first, whichever they signed in with: rows and messages go by it, so that nobody is two people. */
      readonly identity: Identity;
      /** All of them. What asks whether something is a person's own asks by these. */
      readonly identities: readonly Identity[];
      readonly name: string;
      readonly roles: PersonRoles;
      /** Signed in through the development sign-in, which proves nothing. */
      readonly development: boolean;
    }
  | {
      readonly kind: 'token';
      readonly tokenId: string;
      readonly project: ProjectSlug;
      readonly name: string;
      /** Who made it and is responsible for it: somebody who may make tokens of the project now. */
      readonly maker: PersonHandle;
      /** Signing policies that it may submit under; empty: no restriction. */
      readonly policies: readonly PolicySlug[];
    }
  /** A build, by the identity token that its host gave it. It belongs to no project: policies say whose builds they take. */
  | (SubmittingBuild & { readonly provider: VerifiedBuild['provider']; readonly verified: VerifiedBuild })
  /** A person with a shell on the portal's machine: set-up and the demo. */
  | { readonly kind: 'operator'; readonly name: string };

/** Actor → the text that rows and audit events carry. */
export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'public':
      return 'public';
    case 'account':
      return identityText(actor.identity);
    case 'person':
    case 'token':
    case 'build':
      return formatSubmitter(actor);
    case 'operator':
      return `operator:${actor.name}`;
  }
}

/** What the accepted policy lets this person do. */
export function rolesOf(snapshot: PolicySnapshot, handle: PersonHandle): PersonRoles {
  const inFoundation = snapshot.people.get(handle)?.value.roles ?? [];
  return {
    policyMaintainer: snapshot.trustRoot.value.policyMaintainers.members.includes(handle),
    foundationReviewer: inFoundation.includes('reviewer'),
    auditor: inFoundation.includes('auditor'),
    projects: teamsOf(snapshot).get(handle) ?? new Map(),
  };
}

type Teams = ReadonlyMap<string, ReadonlyMap<ProjectSlug, readonly ProjectRole[]>>;
const teams = new WeakMap<PolicySnapshot, Teams>();

/** By handle. Gone through once for each policy, and not for each page of somebody who is signed in. */
function teamsOf(snapshot: PolicySnapshot): Teams {
  const known = teams.get(snapshot);
  if (known !== undefined) return known;
  const found = new Map<string, Map<ProjectSlug, ProjectRole[]>>();
  for (const [slug, { project }] of snapshot.projects) {
    const { authors, reviewers, approvers, submitters = [], configurators = [] } = project.value.team;
    const add = (handles: readonly string[], role: ProjectRole): void => {
      for (const handle of new Set(handles)) {
        const places = found.get(handle) ?? new Map<ProjectSlug, ProjectRole[]>();
        found.set(handle, places.set(slug, [...(places.get(slug) ?? []), role]));
      }
    };
    add(authors, 'author');
    add(reviewers, 'reviewer');
    add(approvers, 'approver');
    add(submitters, 'submitter');
    add(configurators, 'configurator');
  }
  teams.set(snapshot, found);
  return found;
}

export function isOnTeam(actor: Actor, project: ProjectSlug): boolean {
  return actor.kind === 'person' && actor.roles.projects.has(project);
}

/** People who submit a project's releases, and so may let its build do it. */
const tokenMakers: readonly ProjectRole[] = ['author', 'approver', 'submitter'];

/** Whether somebody with these roles may make API tokens of a project, and keep the ones they made. */
export function mayMakeTokens(roles: PersonRoles, project: ProjectSlug): boolean {
  return roles.projects.get(project)?.some((role) => tokenMakers.includes(role)) ?? false;
}

/** Somebody the accepted policy names, by an account; null: it names nobody of this id on this host. */
export function personOfAccount(
  snapshot: PolicySnapshot,
  account: StoredIdentity,
  development: boolean,
): Extract<Actor, { kind: 'person' }> | null {
  const found = findByIdentity(snapshot, account);
  if (found === undefined) return null;
  const { handle, person } = found;
  const identities = identitiesOf(person.value);
  return {
    kind: 'person',
    handle,
    identity: identities[0],
    identities,
    name: person.value.name,
    roles: rolesOf(snapshot, handle),
    development,
  };
}

/** The accounts that somebody who is signed in speaks for; none for anybody else. */
export function accountsOf(actor: Actor): readonly Identity[] {
  if (actor.kind === 'person') return actor.identities;
  return actor.kind === 'account' ? [actor.identity] : [];
}

/** Whether what belongs to an account is somebody's own. */
export const isOwn = (actor: Actor, account: StoredIdentity): boolean =>
  includesIdentity(accountsOf(actor), account);
