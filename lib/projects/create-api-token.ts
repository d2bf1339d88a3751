import type { ProjectSlug } from '../core/ids/index.ts';
import { recordEvent } from '../audit/index.ts';
import { newApiToken } from '../platform/auth/index.ts';
import type { Actor } from '../platform/auth/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { ProjectsError } from './error.ts';

const nameForm = /^[\p{L}\p{N}][\p{L}\p{N} ._/-]{0,79}$/u;

/**
 * Makes a token with which a project's CI submits. The token is in the answer and nowhere else: the
 * database keeps its SHA-256. It lets somebody ask; it approves and signs nothing.
 */
export async function createApiToken(call: {
  readonly ctx: Context;
  readonly input: { readonly project: ProjectSlug; readonly name: string };
}): Promise<{ readonly token: string }> {
  const { ctx, input } = call;
  if (!mayCreate(ctx.actor, input.project)) {
    throw new ProjectsError({
      code: 'NOT_ALLOWED',
      message: `Only authors and approvers of ${input.project} may make tokens for it.`,
      fix: 'Sign in as one of them; project.yaml of the project lists its team.',
    });
  }
  const accepted = await acceptedPolicy(ctx);
  if (accepted?.snapshot.projects.has(input.project) !== true) {
    throw new ProjectsError({
      code: 'UNKNOWN_PROJECT',
      message: `The accepted policy has no project ${input.project}.`,
      fix: 'Use the name of a folder under projects/ of the policy repository.',
    });
  }
  if (!nameForm.test(input.name)) {
    throw new ProjectsError({
      code: 'TOKEN_NAME_INVALID',
      message:
        'A token needs a name of 1 to 80 letters, digits, spaces, dots, slashes, hyphens or underscores.',
      fix: 'Name it after the place that uses it, for example "release workflow".',
    });
  }
  const { token, tokenSha256 } = newApiToken();
  await ctx.db.$transaction(async (transaction) => {
    const row = await transaction.apiToken.create({
      data: { projectSlug: input.project, name: input.name, tokenSha256, createdAt: ctx.now() },
    });
    await recordEvent(transaction, ctx, {
      action: 'api-token.created',
      subject: `project:${input.project}`,
      detail: { tokenId: row.id, name: input.name },
    });
  });
  return { token };
}

function mayCreate(actor: Actor, project: ProjectSlug): boolean {
  if (actor.kind === 'operator') return true;
  if (actor.kind !== 'person') return false;
  const roles = actor.roles.projects.get(project) ?? [];
  return roles.includes('author') || roles.includes('approver');
}
