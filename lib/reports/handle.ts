import { recordEvent } from '../audit/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import { actorName } from '../platform/auth/index.ts';
import { notify, teamOf } from '../notifications/index.ts';
import { FieldReader } from '../platform/http/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { proposeReinstatement, statementCharactersMax } from '../revocations/index.ts';
import { ReportsError } from './error.ts';
import { checkImpartial } from './appeal.ts';
import { outcomesOf, reportOutcomes, type ReportKind, type ReportOutcome } from './kinds.ts';
import { requireHandler, unknownReport } from './read.ts';

/** In characters. Also shown by the form; the finding of a granted appeal goes into the policy. */
export const answerCharactersMax = (kind: ReportKind): number =>
  kind === 'appeal' ? statementCharactersMax : 4_000;

/** Acknowledges a report: the reporter sees it, and the deadline stays. */
export async function acknowledgeReport(call: {
  readonly ctx: Context;
  readonly input: { readonly id: number };
}): Promise<void> {
  const { ctx, input } = call;
  requireHandler(ctx);
  await ctx.db.$transaction(async (transaction) => {
    const report = await openReport(transaction, input.id);
    if (report.acknowledgedAt !== null) return;
    await transaction.report.update({
      where: { id: input.id },
      data: { acknowledgedAt: ctx.now(), acknowledgedBy: actorName(ctx.actor) },
    });
    await recordEvent(transaction, ctx, {
      action: 'report.acknowledged',
      subject: `report:${input.id}`,
      detail: {},
    });
  });
}

/**
 * Ends a report with an outcome and what the reporter is told. What is to be revoked is proposed as a policy change beside it; an
 * appeal that is granted proposes the reinstatement itself. → number of that policy change, or null.
 */
export async function closeReport(call: {
  readonly ctx: Context;
  readonly input: { readonly id: number; readonly outcome: string; readonly answer: string };
}): Promise<number | null> {
  const { ctx, input } = call;
  requireHandler(ctx);
  const before = await ctx.db.$transaction((transaction) => openReport(transaction, input.id));
  const { outcome, answer } = checkAnswer(input, before.kind as ReportKind);
  if (before.kind === 'appeal') await checkImpartial(ctx, before);
  // Proposed first: where that fails the appeal stays open, and a proposal holds nothing before it is signed.
  const change =
    outcome === 'reinstated'
      ? await proposeReinstatement({ ctx, input: { serial: before.serial ?? '', statement: answer } })
      : null;
  const snapshot = (await acceptedPolicy(ctx))?.snapshot;
  await ctx.db.$transaction(async (transaction) => {
    const report = await openReport(transaction, input.id);
    const now = ctx.now();
    const by = actorName(ctx.actor);
    await transaction.report.update({
      where: { id: input.id },
      data: {
        closedAt: now,
        closedBy: by,
        outcome,
        answer,
        ...(report.acknowledgedAt === null ? { acknowledgedAt: now, acknowledgedBy: by } : {}),
      },
    });
    await recordEvent(transaction, ctx, {
      action: 'report.closed',
      subject: `report:${input.id}`,
      detail: { outcome, late: report.dueAt < now ? 1 : 0, change },
    });
    if (report.kind !== 'appeal' || snapshot === undefined || report.projectSlug === null) return;
    for (const person of teamOf(snapshot, report.projectSlug)) {
      await notify(transaction, ctx, person, {
        kind: 'project-news',
        subject: `Your appeal: ${reportOutcomes[outcome].toLowerCase()}`,
        body: answer,
        path: change === null ? `/revocations/${report.serial ?? ''}` : `/changes/${change}`,
      });
    }
  });
  return change;
}

function checkAnswer(
  input: { readonly outcome: string; readonly answer: string },
  kind: ReportKind,
): { readonly outcome: ReportOutcome; readonly answer: string } {
  const reader = new FieldReader();
  const possible = outcomesOf(kind).map(([one]) => one);
  const outcome = reader.choice('outcome', input.outcome, possible, 'Outcome: choose one.');
  const answer = reader.text('answer', input.answer, {
    label: 'What was found',
    lines: true,
    charactersMax: answerCharactersMax(kind),
    missing: 'say it in a few sentences, for who reported it',
  });
  const [problem] = reader.problems;
  if (problem === undefined && outcome !== null) return { outcome, answer };
  throw new ReportsError({
    code: 'INVALID',
    message: problem?.message ?? 'Something is missing.',
    fields: reader.problems,
    fix: 'Correct it and send it again: what you typed is still here.',
  });
}

/** Locked, so that two who decide at once don't both. */
async function openReport(transaction: Transaction, id: number) {
  await transaction.$queryRaw`SELECT id FROM portal.report WHERE id = ${id} FOR UPDATE`;
  const row = await transaction.report.findUnique({ where: { id } });
  if (row === null) throw unknownReport(id);
  if (row.closedAt === null) return row;
  throw new ReportsError({
    code: 'ALREADY_CLOSED',
    message: `Report ${id} was closed by ${row.closedBy ?? 'somebody'} meanwhile.`,
    fix: 'Load the page again to see how.',
  });
}
