import { applicationProgress, applicationQuestions } from './questions/index.ts';
import type { Admission, ApplicationProgress, Question } from './questions/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { applicantOf, conditionsOf } from './applicant.ts';
import { nameConflicts } from './conflicts.ts';
import type { NameConflicts } from './conflicts.ts';
import { readEvents } from './events.ts';
import type { ApplicationEvent } from './events.ts';
import { ownApplication } from './own.ts';
import { applicantColumns, toApplication } from './row.ts';
import type { Application } from './row.ts';

export interface ApplicationDetail {
  readonly application: Application;
  readonly admission: Admission;
  readonly questions: readonly Question[];
  readonly progress: ApplicationProgress;
  /** null until there is a name. */
  readonly conflicts: NameConflicts | null;
  /** What the applicant may see of what happened. */
  readonly events: readonly ApplicationEvent[];
}

/** An application of one's own, with its questions as the policy in force asks them. */
export async function readApplication(call: {
  readonly ctx: Context;
  readonly input: { readonly id: number };
}): Promise<ApplicationDetail> {
  const { ctx, input } = call;
  const application = await ownApplication(ctx, ctx.db, input.id);
  const { admission, builders, snapshot } = await conditionsOf(ctx);
  const questions = applicationQuestions(admission, application.answers, builders);
  const { id, name, repository } = application;
  return {
    application,
    admission,
    questions,
    progress: applicationProgress(questions, application.answers),
    conflicts: name === null ? null : await nameConflicts(ctx.db, snapshot, { id, name, repository }),
    events: await readEvents(ctx.db, id, 'applicant'),
  };
}

const listedMax = 100;

/** The caller's own, the most recently changed first. */
export async function listApplications(call: { readonly ctx: Context }): Promise<readonly Application[]> {
  const { ctx } = call;
  const rows = await ctx.db.application.findMany({
    where: { OR: applicantOf(ctx).identities.map(applicantColumns) },
    orderBy: { updatedAt: 'desc' },
    take: listedMax,
  });
  return rows.map(toApplication);
}
