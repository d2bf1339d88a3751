/** Opens a review: the first, an appeal, or a repeated review after some time. */
import type { Transaction } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import type { Conditions } from './applicant.ts';
import type { Application } from './row.ts';

const answerDaysDefault = 14;
const reviewersDefault = 1;
const dayMilliseconds = 24 * 3600 * 1000;

export async function openReview(
  transaction: Transaction,
  ctx: Pick<Context, 'now'>,
  { admission }: Pick<Conditions, 'admission'>,
  round: {
    readonly application: Pick<Application, 'id' | 'program'>;
    readonly kind: 'first' | 'appeal' | 'again';
  },
): Promise<number> {
  const { application, kind } = round;
  const program = application.program ?? 'executables';
  const now = ctx.now();
  const { id } = await transaction.review.create({
    data: {
      applicationId: application.id,
      kind,
      state: 'waiting',
      program,
      openedAt: now,
      reviewersNeeded:
        admission.programs.find((admissionProgram) => admissionProgram.program === program)?.reviewers ??
        reviewersDefault,
      dueAt: new Date(now.getTime() + (admission.answerDays ?? answerDaysDefault) * dayMilliseconds),
    },
  });
  return id;
}
