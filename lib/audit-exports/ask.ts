/** Requesting an export of the records of a period. */
import { randomUUID } from 'node:crypto';
import { recordEvent } from '../audit/index.ts';
import { requireAuditor } from '../audit-records/index.ts';
import {
  dayAfter,
  lastMonth,
  parseDay,
  periodDaysMax,
  problemOfPeriod,
  settledAfterSeconds,
  type AuditPeriod,
} from '#core/audit/index.ts';
import { actorName } from '../platform/auth/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import { FieldReader } from '../platform/http/index.ts';
import type { Context, Portal } from '../platform/portal/index.ts';
import { AuditExportsError } from './error.ts';

/** Per day, for everybody together: each makes the signer read the whole period. */
const perDayMax = 30;
const dayMilliseconds = 24 * 3600 * 1000;

/** Days of UTC, both part of the period; today counts up to two minutes ago. → the export's id. */
export async function askForExport(call: {
  readonly ctx: Context;
  readonly input: { readonly from: string; readonly to: string };
}): Promise<{ readonly id: string }> {
  const { ctx, input } = call;
  requireAuditor(ctx);
  const period = checkPeriod(input, ctx.now());
  const id = randomUUID();
  await ctx.db.$transaction(async (transaction) => {
    await lock(transaction);
    const since = new Date(ctx.now().getTime() - dayMilliseconds);
    if ((await transaction.auditExport.count({ where: { askedAt: { gte: since } } })) >= perDayMax) {
      throw new AuditExportsError({
        code: 'TOO_MANY_EXPORTS',
        message: `${perDayMax} exports were asked for within a day.`,
        fix: 'Take one of those, or ask again tomorrow.',
      });
    }
    await insert(transaction, ctx, { id, period, askedBy: actorName(ctx.actor) });
    await recordEvent(transaction, ctx, {
      action: 'audit.export-asked',
      subject: `audit-export:${id}`,
      detail: { from: period.from.toISOString(), to: period.to.toISOString() },
    });
  });
  return { id };
}

function checkPeriod(input: { readonly from: string; readonly to: string }, now: Date): AuditPeriod {
  const reader = new FieldReader();
  const day = (field: 'from' | 'to', label: string): Date | null => {
    const parsed = parseDay(input[field].trim());
    if (parsed === null)
      reader.refuse(
        field,
        input[field] === '' ? 'MISSING' : 'INVALID',
        `${label}: enter a day, such as 2026-11-30`,
      );
    return parsed;
  };
  const [from, last] = [day('from', 'First day'), day('to', 'Last day')];
  if (from !== null && last !== null) {
    const settled = new Date(now.getTime() - settledAfterSeconds * 1000);
    const end = dayAfter(last);
    const period = { from, to: end > settled && last <= now ? settled : end };
    const problem = problemOfPeriod(period, now);
    if (problem === null) return period;
    const words = {
      backwards: ['to', 'Last day: enter a day that has begun, and not one before the first'],
      'too-long': ['to', `Last day: enter one within ${periodDaysMax} days of the first`],
      'not-over': ['to', 'Last day: enter today or a day before'],
    } as const;
    reader.refuse(words[problem][0], 'INVALID', words[problem][1]);
  }
  throw new AuditExportsError({
    code: 'PERIOD_INVALID',
    message: 'No export was asked for.',
    fix: 'Correct what is marked.',
    fields: reader.problems,
  });
}

/** The previous month, once it is over and anything was recorded: automatic. */
export async function askForLastMonth(ctx: Pick<Portal, 'db' | 'now'>): Promise<readonly string[]> {
  const period = lastMonth(ctx.now());
  if (problemOfPeriod(period, ctx.now()) !== null) return [];
  await ctx.db.$transaction(async (transaction) => {
    await lock(transaction);
    const { from: periodFrom, to: periodTo } = period;
    if ((await transaction.auditExport.count({ where: { periodFrom, periodTo } })) > 0) return;
    if (
      (await transaction.auditEvent.findFirst({ where: { at: { lt: periodTo } }, select: { id: true } })) ===
      null
    )
      return;
    await insert(transaction, ctx, { id: randomUUID(), period, askedBy: 'portal' });
  });
  return [];
}

async function insert(
  transaction: Transaction,
  { now }: Pick<Portal, 'now'>,
  { id, period, askedBy }: { readonly id: string; readonly period: AuditPeriod; readonly askedBy: string },
): Promise<void> {
  const { from: periodFrom, to: periodTo } = period;
  await transaction.auditExport.create({
    data: { id, periodFrom, periodTo, askedBy, askedAt: now(), objects: [] },
  });
}

async function lock(transaction: Transaction): Promise<void> {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('countersign:audit-export', 0))`;
}
