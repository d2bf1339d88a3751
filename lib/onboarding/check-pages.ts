import { isError } from '#core/error/index.ts';
import { applicantIn, toApplication } from '../applications/index.ts';
import type { Application } from '../applications/index.ts';
import { recordEvent } from '../audit/index.ts';
import { identityText } from '#core/identity/index.ts';
import { isOwn } from '../platform/auth/index.ts';
import { parseProjectSlug } from '#core/ids/index.ts';
import { findPolicyLink } from '../policy-tools/links/index.ts';
import { PageFetchError } from '../platform/page-fetch/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { policyPageOf } from './checklist.ts';
import { OnboardingError } from './error.ts';

const pauseMilliseconds = 15_000;

/** Who may act on an accepted project's list: its applicant, and reviewers. */
async function acceptedApplication(ctx: Context, id: number): Promise<Application> {
  const { actor } = ctx;
  const reviewer = actor.kind === 'person' && actor.roles.foundationReviewer;
  const row =
    Number.isInteger(id) && id > 0 && id < 2_000_000_000
      ? await ctx.db.application.findUnique({ where: { id } })
      : null;
  if (row === null || (!isOwn(actor, applicantIn(row)) && !reviewer)) {
    throw new OnboardingError({
      code: 'NOT_ALLOWED',
      message: 'There is no such project of yours.',
      fix: 'Sign in with the account that applied.',
    });
  }
  if (row.status !== 'accepted') {
    throw new OnboardingError({
      code: 'NOT_ACCEPTED',
      message: 'The foundation hasn’t accepted this project.',
      fix: 'Wait for the decision.',
    });
  }
  return toApplication(row);
}

/** Fetches home and download page, and looks for the link to the code-signing policy. */
export async function checkPolicyLinks(call: {
  readonly ctx: Context;
  readonly input: { readonly id: number };
}): Promise<void> {
  const { ctx, input } = call;
  const application = await acceptedApplication(ctx, input.id);
  const last = await ctx.db.onboardingStep.findFirst({
    where: { applicationId: application.id, name: { startsWith: 'policy-link-' } },
    orderBy: { id: 'desc' },
  });
  if (last !== null && ctx.now().getTime() - last.at.getTime() < pauseMilliseconds) {
    throw new OnboardingError({
      code: 'TOO_SOON',
      message: 'The pages were checked a moment ago.',
      fix: 'Wait 15 seconds, then check again.',
    });
  }
  for (const [name, url] of await pagesOf(ctx, application)) {
    const result = await look(ctx, application.slug ?? '', url);
    await ctx.db.onboardingStep.create({
      data: {
        applicationId: application.id,
        name,
        done: result.found,
        at: ctx.now(),
        detail: `${url}: ${result.reason}`.slice(0, 1_000),
      },
    });
  }
}

/** As the policy in force has them; before it is there, as they were applied for. */
async function pagesOf(
  ctx: Context,
  application: Application,
): Promise<readonly (readonly [string, string])[]> {
  const slug = application.slug ?? '';
  const snapshot = (await acceptedPolicy(ctx))?.snapshot;
  const project = snapshot?.projects.get(parseProjectSlug(slug))?.project.value;
  const home = project?.homepage ?? application.answers['pages']?.['homepage'] ?? '';
  const download =
    project === undefined ? (application.answers['pages']?.['download'] ?? '') : (project.download ?? '');
  const pages = [
    ['policy-link-home', home],
    ['policy-link-download', download],
  ] as const;
  return pages.filter(([, url]) => url !== '');
}

async function look(ctx: Context, slug: string, url: string): Promise<{ found: boolean; reason: string }> {
  try {
    const page = await ctx.fetchPage(url);
    return findPolicyLink({ html: page.text, pageUrl: page.url, policyUrls: [policyPageOf(ctx, slug)] });
  } catch (error) {
    if (!isError(error, PageFetchError)) throw error;
    return { found: false, reason: `${error.message} ${error.fix}` };
  }
}

/** The applicant's statement that everybody on the team uses a second factor: the code host shows it to nobody else. */
export async function attestSecondFactor(call: {
  readonly ctx: Context;
  readonly input: { readonly id: number };
}): Promise<void> {
  const { ctx, input } = call;
  const application = await acceptedApplication(ctx, input.id);
  const { actor } = ctx;
  if ((actor.kind !== 'account' && actor.kind !== 'person') || !isOwn(actor, application.applicant)) {
    throw new OnboardingError({
      code: 'NOT_ALLOWED',
      message: 'Only who speaks for the project can attest this.',
      fix: 'Ask the project’s maintainer.',
    });
  }
  const at = ctx.now();
  await ctx.db.$transaction(async (transaction) => {
    await transaction.onboardingStep.create({
      data: {
        applicationId: application.id,
        name: 'second-factor',
        done: true,
        at,
        detail: `Attested by ${actor.name} on ${at.toISOString().slice(0, 10)}.`,
        attestedBy: identityText(actor.identity),
      },
    });
    await recordEvent(transaction, ctx, {
      action: 'onboarding.attested',
      subject: `application:${application.id}`,
      detail: { name: 'second-factor' },
    });
  });
}
