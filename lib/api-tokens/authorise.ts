/**
 * Who may do what with a project's tokens: authors, approvers and submitters create, see and revoke them; the foundation sees and
 * revokes them.
 */
import type { ProjectSlug } from '#core/ids/index.ts';
import type { ProjectSnapshot } from '#core/policy/index.ts';
import { isOnTeam, mayMakeTokens } from '../platform/auth/index.ts';
import type { Actor } from '../platform/auth/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { AcceptedPolicy, Context } from '../platform/portal/index.ts';
import { ApiTokensError } from './error.ts';

type Person = Extract<Actor, { kind: 'person' }>;

export interface TokenRights {
  readonly person: Person;
  readonly make: boolean;
  readonly revoke: boolean;
  readonly accepted: AcceptedPolicy;
  readonly project: ProjectSnapshot;
}

/** Rejects callers who may not even see the project's tokens. */
export async function rightsOver(ctx: Context, slug: ProjectSlug): Promise<TokenRights> {
  const { actor } = ctx;
  const accepted = await acceptedPolicy(ctx);
  if (accepted === null) {
    throw new ApiTokensError({
      code: 'NO_ACCEPTED_POLICY',
      message: 'The signer has not accepted a policy yet, so nobody is on a team.',
      fix: 'Try again in a minute; /readyz says what is missing.',
    });
  }
  const project = accepted.snapshot.projects.get(slug);
  if (project === undefined) {
    throw new ApiTokensError({
      code: 'UNKNOWN_PROJECT',
      message: `The accepted policy has no project ${slug}.`,
      fix: 'Use the name of a folder under projects/ of the policy repository; /projects lists them.',
    });
  }
  if (actor.kind !== 'person') throw notAllowed(slug, 'see');
  const foundation = actor.roles.policyMaintainer || actor.roles.foundationReviewer;
  if (!isOnTeam(actor, slug) && !foundation) throw notAllowed(slug, 'see');
  const make = mayMakeTokens(actor.roles, slug);
  return { person: actor, make, revoke: make || foundation, accepted, project };
}

export function notAllowed(slug: ProjectSlug, verb: 'see' | 'make' | 'revoke'): ApiTokensError {
  const who = {
    see: `Only the team of ${slug}, and the foundation, see its API tokens.`,
    make: `Only authors, approvers and submitters of ${slug} make API tokens for it.`,
    revoke: `Only authors, approvers and submitters of ${slug}, and the foundation, revoke its API tokens.`,
  };
  return new ApiTokensError({
    code: 'NOT_ALLOWED',
    message: who[verb],
    fix: `Sign in as one of them. projects/${slug}/project.yaml lists the team; it changes by a policy change.`,
  });
}
