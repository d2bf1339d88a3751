import { addEvent, toApplication } from '../applications/index.ts';
import type { Application } from '../applications/index.ts';
import { recordEvent } from '../audit/index.ts';
import { parseProjectSlug } from '#core/ids/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { readChange } from '../policy-changes/index.ts';
import { OnboardingError } from './error.ts';

/** Whether the change that would have added the project was closed, so that the project has no policy and none is proposed. */
export async function wasChangeClosed(ctx: Context, application: Application): Promise<boolean> {
  const { status, slug, changeNumber } = application;
  if (status !== 'accepted' || slug === null || changeNumber === null || ctx.policyHosts === null)
    return false;
  const accepted = await acceptedPolicy(ctx);
  const project = accepted?.snapshot.projects.get(parseProjectSlug(slug));
  if (project?.project.value.program === application.program) return false;
  const { pull } = await readChange({ ctx, input: { number: changeNumber } });
  return pull.state === 'closed';
}

/**
 * Lets the portal propose the policy of an accepted project once more, after its change was closed. For the foundation's
 * reviewers.
 */
export async function proposeAgain(call: {
  readonly ctx: Context;
  readonly input: { readonly applicationId: number };
}): Promise<void> {
  const { ctx, input } = call;
  const { applicationId } = input;
  if (ctx.actor.kind !== 'person' || !ctx.actor.roles.foundationReviewer) {
    throw new OnboardingError({
      code: 'NOT_ALLOWED',
      message: 'Only the foundation’s reviewers have a policy proposed.',
      fix: 'Ask one of them.',
    });
  }
  const row = await ctx.db.application.findUnique({ where: { id: applicationId } });
  const application = row === null ? null : toApplication(row);
  if (application === null || !(await wasChangeClosed(ctx, application))) {
    throw new OnboardingError({
      code: 'NOT_ACCEPTED',
      message: 'There is nothing to propose again: no change of this application was closed unmerged.',
      fix: 'See the policy changes for the one that is open.',
    });
  }
  await ctx.db.$transaction(async (transaction) => {
    const { count } = await transaction.application.updateMany({
      where: { id: applicationId, changeNumber: application.changeNumber },
      data: { changeNumber: null, updatedAt: ctx.now() },
    });
    // Somebody else did it at the same time.
    if (count === 0) return;
    await addEvent(transaction, ctx, {
      applicationId,
      kind: 'proposal-renewed',
      audience: 'reviewers',
      body: `Policy change ${application.changeNumber} was closed.`,
    });
    await recordEvent(transaction, ctx, {
      action: 'onboarding.proposed-again',
      subject: `application:${applicationId}`,
      detail: { closed: application.changeNumber },
    });
  });
}
