/** Who may do what with a project's webhooks: authors, approvers and submitters all of it; the foundation sees them. */
import type { ProjectSlug } from '#core/ids/index.ts';
import type { ProjectSnapshot } from '#core/policy/index.ts';
import { isOnTeam, mayMakeTokens } from '../platform/auth/index.ts';
import type { Actor } from '../platform/auth/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { WebhooksError } from './error.ts';

export interface WebhookRights {
  readonly person: Extract<Actor, { kind: 'person' }>;
  readonly change: boolean;
  readonly project: ProjectSnapshot;
}

/** Rejects callers who may not even see the project's webhooks. */
export async function rightsOver(ctx: Context, slug: ProjectSlug): Promise<WebhookRights> {
  const { actor } = ctx;
  const accepted = await acceptedPolicy(ctx);
  if (accepted === null) {
    throw new WebhooksError({
      code: 'NO_ACCEPTED_POLICY',
      message: 'The signer has not accepted a policy yet, so nobody is on a team.',
      fix: 'Try again in a minute; /readyz says what is missing.',
    });
  }
  const project = accepted.snapshot.projects.get(slug);
  if (project === undefined) {
    throw new WebhooksError({
      code: 'UNKNOWN_PROJECT',
      message: `The accepted policy has no project ${slug}.`,
      fix: 'Use the name of a folder under projects/ of the policy repository; /projects lists them.',
    });
  }
  if (actor.kind !== 'person') throw notAllowed(slug, 'see');
  const foundation = actor.roles.policyMaintainer || actor.roles.foundationReviewer;
  if (!isOnTeam(actor, slug) && !foundation) throw notAllowed(slug, 'see');
  return { person: actor, change: mayMakeTokens(actor.roles, slug), project };
}

/** The same for what changes something. */
export async function rightToChange(ctx: Context, slug: ProjectSlug): Promise<WebhookRights> {
  const rights = await rightsOver(ctx, slug);
  if (!rights.change) throw notAllowed(slug, 'change');
  return rights;
}

function notAllowed(slug: ProjectSlug, verb: 'see' | 'change'): WebhooksError {
  const who = {
    see: `Only the team of ${slug}, and the foundation, see its webhooks.`,
    change: `Only authors, approvers and submitters of ${slug} add and change its webhooks.`,
  };
  return new WebhooksError({
    code: 'NOT_ALLOWED',
    message: who[verb],
    fix: `Sign in as one of them. projects/${slug}/project.yaml lists the team; it changes by a policy change.`,
  });
}
