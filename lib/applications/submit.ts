import { answerQuestion, applicationProgress, applicationQuestions, summaryOf } from './questions/index.ts';
import { recordEvent } from '../audit/index.ts';
import { keepAddress, notify, notifyReviewers } from '../notifications/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { conditionsOf } from './applicant.ts';
import type { Conditions } from './applicant.ts';
import { nameConflicts, repositoryConflict } from './conflicts.ts';
import { ApplicationsError } from './error.ts';
import { addEvent } from './events.ts';
import { lockOwnApplication } from './own.ts';
import { openReview } from './open-review.ts';
import type { Application } from './row.ts';

const incomplete = (message: string, fix: string): ApplicationsError =>
  new ApplicationsError({ code: 'NOT_COMPLETE', message, fix });

/** Sends the application as it stands. Sent twice, it was sent once. */
export async function submitApplication(call: {
  readonly ctx: Context;
  readonly input: { readonly id: number };
}): Promise<void> {
  const { ctx, input } = call;
  const conditions = await conditionsOf(ctx);
  await ctx.db.$transaction(async (transaction) => {
    // Two applications of one name must not both be found free.
    await transaction.$queryRaw`SELECT pg_advisory_xact_lock(hashtext('application-submit')) IS NULL`;
    const application = await lockOwnApplication(ctx, transaction, input.id);
    if (application.status === 'withdrawn') {
      throw new ApplicationsError({
        code: 'NOT_A_DRAFT',
        message: 'This application was withdrawn.',
        fix: 'Start a new one.',
      });
    }
    if (application.status !== 'draft') return;
    await refuseIncomplete(transaction, conditions, application);
    const now = ctx.now();
    await transaction.application.update({
      where: { id: application.id },
      data: {
        status: 'submitted',
        submittedAt: now,
        updatedAt: now,
        version: { increment: 1 },
        sent: sentOf(conditions, application),
      },
    });
    await openReview(transaction, ctx, conditions, { application, kind: 'first' });
    await addEvent(transaction, ctx, {
      applicationId: application.id,
      kind: 'submitted',
      audience: 'applicant',
      body: '',
    });
    const { id, applicant, name, answers } = application;
    await ctx.queue.collectEvidence(transaction, id);
    await keepAddress(transaction, ctx, applicant, answers['contact']?.['email'] ?? '');
    await notify(transaction, ctx, applicant, {
      kind: 'application-news',
      subject: `We have your application for ${name ?? 'your project'}`,
      body: 'Its page shows every step, what reviewers ask, and the decision with its reasons.',
      path: `/applications/${id}`,
    });
    await notifyReviewers(transaction, ctx, conditions.snapshot, {
      kind: 'review-new',
      subject: `Application ${id}: ${name ?? ''}`,
      body: 'An application came in.',
      path: '/reviews',
    });
    await recordEvent(transaction, ctx, {
      action: 'application.submitted',
      subject: `application:${application.id}`,
      detail: { repositoryId: application.repository?.id ?? null },
    });
  });
}

/** The application in words, as reviewers will read it whatever the questions become. */
export function sentOf(
  { admission, builders, commit }: Conditions,
  { answers }: Pick<Application, 'answers'>,
) {
  const lines = summaryOf(applicationQuestions(admission, answers, builders), answers).map((line) => ({
    ...line,
  }));
  return { lines, policyCommit: commit };
}

async function refuseIncomplete(
  transaction: Transaction,
  { admission, builders, snapshot }: Conditions,
  application: Application,
): Promise<void> {
  const { id, answers, repository, name, proof, applicant, program } = application;
  const questions = applicationQuestions(admission, answers, builders);
  const progress = applicationProgress(questions, answers);
  if (progress.ended !== null) {
    throw incomplete(
      progress.ended.gate?.reason ?? 'This project is not eligible.',
      'If an answer is wrong, change it; otherwise see what else is possible.',
    );
  }
  if (progress.next !== null || repository === null || name === null) {
    throw incomplete(
      `Not everything is answered: ${progress.next?.title ?? 'the repository'}`,
      'Answer what is missing, then send it.',
    );
  }
  // What may be an answer changes with the foundation's policy and with this program; a draft may be older.
  for (const question of questions) {
    const result = answerQuestion(question, answers[question.id] ?? {});
    if (result.ok) continue;
    const [problem = question.title] = result.errors.values();
    throw incomplete(`${question.title} ${problem}`, 'Answer it again, then send it.');
  }
  if (proof === null) {
    throw incomplete(
      'It isn’t proved yet that you speak for the repository.',
      'Open “Prove that it is yours” and follow one of the ways there.',
    );
  }
  const place = { id, repository };
  const { taken } = await nameConflicts(transaction, snapshot, { ...place, name });
  const conflict =
    taken ?? (await repositoryConflict(transaction, snapshot, { ...place, applicant, program }));
  if (conflict !== null) throw incomplete(`${conflict}.`, 'Change the answer, then send it.');
}
