import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { recordEvent } from '../audit/index.ts';
import { notifyReviewers } from '../notifications/index.ts';
import { actorName } from '../platform/auth/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { openRateLimit } from '../platform/rate-limit/index.ts';
import { checkAppeal } from './appeal.ts';
import { ReportsError } from './error.ts';
import { reportKinds, type ReportKind } from './kinds.ts';

const kinds = Object.keys(reportKinds) as [ReportKind, ...ReportKind[]];
const optional = <T extends z.ZodType>(schema: T) =>
  z
    .literal('')
    .transform(() => null)
    .or(schema);

const inputSchema = z.object({
  kind: z.enum(kinds, { error: 'What is wrong: choose one.' }),
  project: optional(
    z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'The project: choose one, or none.'),
  ),
  serial: optional(
    z
      .string()
      .transform((text) => text.replace(/[\s:]/g, '').toLowerCase())
      .pipe(
        z
          .string()
          .regex(/^[0-9a-f]{2,40}$/, 'The serial number: hexadecimal digits, as the certificate shows them.'),
      ),
  ),
  fileSha256: optional(
    z
      .string()
      .transform((text) => text.trim().toLowerCase())
      .pipe(z.string().regex(/^[0-9a-f]{64}$/, 'The file’s SHA-256: 64 hexadecimal digits.')),
  ),
  links: z.string().transform((text, context) => {
    const links = text.split(/\s+/).filter((one) => one !== '');
    if (
      links.length > 20 ||
      links.some((one) => one.length > 500 || !/^https?:\/\/[^\s@]+$/.test(one) || !URL.canParse(one))
    ) {
      context.addIssue({
        code: 'custom',
        message: 'Links: at most 20, each on a line of its own, beginning with https://.',
      });
      return z.NEVER;
    }
    return links;
  }),
  description: z
    .string()
    .trim()
    .min(20, 'What you saw: at least 20 characters, so that somebody else can look.')
    .max(10_000, 'What you saw: at most 10,000 characters.'),
  contact: optional(z.string().trim().max(200, 'How to reach you: at most 200 characters.')),
});

/** As a form sends it: texts, empty where nothing was said. */
export type ReportInput = Readonly<Record<keyof z.input<typeof inputSchema>, string>>;

/** Strangers share one count: they are turned away for a while rather than drown those who have to act. */
const limit = openRateLimit({ points: 30, seconds: 600 });

/**
 * Takes in what somebody reports, starts its clock, and tells every reviewer. Public. → where to follow it; whoever has that
 * address sees what becomes of it, and nobody else does.
 */
export async function sendReport(call: {
  readonly ctx: Context;
  readonly input: ReportInput;
}): Promise<{ readonly token: string; readonly dueAt: Date }> {
  const { ctx } = call;
  const parsed = inputSchema.safeParse(call.input);
  if (!parsed.success) {
    throw new ReportsError({
      ...{ code: 'INVALID', message: parsed.error.issues[0]?.message ?? 'The report can’t be read.' },
      fix: 'Put it right and send it again: what you typed is still here.',
    });
  }
  const { kind, project, serial, fileSha256, links, description, contact } = parsed.data;
  await limit.count(ctx.actor.kind === 'public' ? 'public' : actorName(ctx.actor));
  const snapshot = (await acceptedPolicy(ctx))?.snapshot ?? null;
  if (kind === 'appeal') await checkAppeal(ctx, { project, serial }, snapshot);
  const receivedAt = ctx.now();
  const dueAt = new Date(receivedAt.getTime() + reportKinds[kind].hours * 3_600_000);
  const token = randomBytes(16).toString('hex');
  await ctx.db.$transaction(async (transaction) => {
    const { id } = await transaction.report.create({
      data: {
        ...{ token, kind, serial, projectSlug: project, fileSha256, links, description, contact },
        ...{ reporter: actorName(ctx.actor), receivedAt, dueAt },
      },
    });
    await recordEvent(transaction, ctx, {
      action: 'report.received',
      subject: `report:${id}`,
      detail: { kind },
    });
    if (snapshot === null) return;
    await notifyReviewers(transaction, ctx, snapshot, {
      kind: 'review-alert',
      subject: `Report ${id}: ${reportKinds[kind].words.toLowerCase()}`,
      body: `${description.slice(0, 500)}\n\nTo be decided by ${dueAt.toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
      path: `/reports/${id}`,
    });
  });
  return { token, dueAt };
}
