import { z } from 'zod';
import type { Context } from '../platform/portal/index.ts';
import { ReportsError } from './error.ts';
import type { ReportKind, ReportOutcome } from './kinds.ts';

export interface Receipt {
  readonly kind: ReportKind;
  readonly project: string | null;
  readonly serial: string | null;
  readonly fileSha256: string | null;
  readonly links: readonly string[];
  readonly receivedAt: Date;
  readonly dueAt: Date;
  readonly acknowledgedAt: Date | null;
  readonly closedAt: Date | null;
  readonly outcome: ReportOutcome | null;
  readonly answer: string | null;
}

export interface Report extends Receipt {
  readonly id: number;
  readonly description: string;
  readonly contact: string | null;
  readonly acknowledgedBy: string | null;
  readonly closedBy: string | null;
  /** Past its time and not decided. */
  readonly late: boolean;
}

/** Who handles reports: reviewers, and policy maintainers, who sign revocations. */
export function mayHandleReports(actor: Context['actor']): boolean {
  return actor.kind === 'person' && (actor.roles.foundationReviewer || actor.roles.policyMaintainer);
}

/**
 * What the reporter sees: what it is about, the clock and what became of it. Not what they told, nor how to reach them: somebody
 * who obtains the address learns no more about them. null: no such report. Public.
 */
export async function readReceipt(call: {
  readonly ctx: Pick<Context, 'db'>;
  readonly input: { readonly token: string };
}): Promise<Receipt | null> {
  const { token } = call.input;
  if (!/^[0-9a-f]{32}$/.test(token)) return null;
  const row = await call.ctx.db.report.findUnique({ where: { token } });
  return row === null ? null : receiptOf(row);
}

const listMax = 200;

/** The open ones by their time, then those that were closed last. */
export async function listReports(call: { readonly ctx: Context }): Promise<readonly Report[]> {
  const { ctx } = call;
  requireHandler(ctx);
  const [open, closed] = await Promise.all([
    ctx.db.report.findMany({ where: { closedAt: null }, orderBy: { dueAt: 'asc' }, take: listMax }),
    ctx.db.report.findMany({
      where: { closedAt: { not: null } },
      orderBy: { closedAt: 'desc' },
      take: listMax,
    }),
  ]);
  return [...open, ...closed].map((row) => reportOf(row, ctx.now()));
}

export async function readReport(call: {
  readonly ctx: Context;
  readonly input: { readonly id: number };
}): Promise<Report> {
  const { ctx, input } = call;
  requireHandler(ctx);
  const row = await ctx.db.report.findUnique({ where: { id: input.id } });
  if (row === null) throw unknownReport(input.id);
  return reportOf(row, ctx.now());
}

export function requireHandler({ actor }: Pick<Context, 'actor'>): void {
  if (mayHandleReports(actor)) return;
  throw new ReportsError({
    code: 'NOT_ALLOWED',
    message:
      'Reports are read by reviewers and policy maintainers only: strangers wrote them, some in confidence.',
    fix: 'Sign in as one of them.',
  });
}

export function unknownReport(id: number): ReportsError {
  return new ReportsError({
    code: 'UNKNOWN_REPORT',
    message: `There is no report ${id}.`,
    fix: 'Check the address; /reports lists all of them.',
  });
}

type Row = NonNullable<Awaited<ReturnType<Context['db']['report']['findUnique']>>>;

function receiptOf(row: Row): Receipt {
  const { serial, projectSlug, fileSha256, receivedAt, dueAt, acknowledgedAt, closedAt, answer } = row;
  return {
    serial,
    project: projectSlug,
    fileSha256,
    receivedAt,
    dueAt,
    acknowledgedAt,
    closedAt,
    answer,
    links: z.array(z.string()).parse(row.links),
    kind: row.kind as ReportKind,
    outcome: row.outcome as ReportOutcome | null,
  };
}

function reportOf(row: Row, now: Date): Report {
  const { id, description, contact, acknowledgedBy, closedBy } = row;
  return {
    ...receiptOf(row),
    id,
    description,
    contact,
    acknowledgedBy,
    closedBy,
    late: row.closedAt === null && row.dueAt < now,
  };
}
