import { recordEvent } from '../audit/index.ts';
import { identityTextAsBefore } from '#core/identity/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { applicantOf, conditionsOf } from './applicant.ts';
import { ApplicationsError } from './error.ts';
import { addEvent } from './events.ts';
import { applicantColumns, finalStatuses } from './row.ts';

const openMax = 5;

/** A new application; the person's untouched one where there is one, so that starting twice makes one. */
export async function startApplication(call: { readonly ctx: Context }): Promise<number> {
  const { ctx } = call;
  const { identity, identities, name } = applicantOf(ctx);
  await conditionsOf(ctx);
  return ctx.db.$transaction(async (transaction) => {
    // One start per person at a time: otherwise a double click would create two.
    await transaction.$queryRaw`SELECT pg_advisory_xact_lock(hashtext(${`application-start:${identityTextAsBefore(identity)}`})) IS NULL`;
    const open = await transaction.application.findMany({
      where: { OR: identities.map(applicantColumns), status: { notIn: [...finalStatuses] } },
      select: { id: true, version: true, status: true },
      take: openMax,
    });
    const untouched = open.find((application) => application.status === 'draft' && application.version === 1);
    if (untouched !== undefined) return untouched.id;
    if (open.length >= openMax) {
      throw new ApplicationsError({
        code: 'TOO_MANY',
        message: `You have ${openMax} applications under way.`,
        fix: 'Finish one or withdraw it, then start another.',
      });
    }
    const now = ctx.now();
    const { id } = await transaction.application.create({
      data: {
        ...applicantColumns(identity),
        applicantName: name,
        status: 'draft',
        answers: {},
        suggestions: {},
        createdAt: now,
        updatedAt: now,
      },
    });
    await addEvent(transaction, ctx, { applicationId: id, kind: 'started', audience: 'applicant', body: '' });
    await recordEvent(transaction, ctx, {
      action: 'application.started',
      subject: `application:${id}`,
      detail: {},
    });
    return id;
  });
}
