import { stringify } from 'yaml';
import { z } from 'zod';
import { recordEvent } from '../audit/index.ts';
import { listCertificates } from '../certificates/index.ts';
import type { Revocation } from '../core/generated/index.ts';
import type { CommitSha } from '../core/ids/index.ts';
import { actorName } from '../platform/auth/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { proposeChange } from '../policy-changes/index.ts';
import { RevocationsError } from './error.ts';

/** What happened, and the reason that a revocation list gives for it unless somebody chooses another. */
export const triggers: readonly {
  readonly trigger: Revocation['trigger'];
  readonly words: string;
  readonly reason: Revocation['reason'];
}[] = [
  { trigger: 'malware', words: 'Malware was signed', reason: 'privilegeWithdrawn' },
  { trigger: 'key-compromised', words: 'The key is, or may be, in others’ hands', reason: 'keyCompromise' },
  { trigger: 'conditions-breached', words: 'The conditions were breached', reason: 'privilegeWithdrawn' },
  { trigger: 'project-request', words: 'The project asks for it', reason: 'cessationOfOperation' },
  { trigger: 'delisted', words: 'The project leaves the foundation', reason: 'affiliationChanged' },
];

const inputSchema = z.object({
  serial: z.string(),
  trigger: z.enum(['conditions-breached', 'key-compromised', 'malware', 'project-request', 'delisted']),
  effectiveAt: z.string(),
  statement: z
    .string()
    .trim()
    .min(1, 'The statement: say what the public is told.')
    .max(2000, 'The statement: at most 2,000 characters.'),
});

/** Whoever may propose any policy file: what makes a revocation hold are the signatures. */
export function mayRevoke(actor: Context['actor']): boolean {
  return actor.kind === 'person' && (actor.roles.policyMaintainer || actor.roles.foundationReviewer);
}

/** `2026-11-20T08:30` or with seconds, in UTC → the time; null for anything else and for times to come. */
export function parseEffectiveAt(text: string, now: Date): Date | null {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::(\d\d))?Z?$/.exec(text.trim());
  if (match === null) return null;
  const iso = `${match[1]}T${match[2]}:${match[3] ?? '00'}.000Z`;
  const date = new Date(iso);
  if (Number.isNaN(date.getTime()) || date.toISOString() !== iso || date > now) return null;
  return date;
}

/**
 * Proposes revocations/<serial>.yaml in the person's name: nothing is revoked before as many policy maintainers have
 * signed it as the trust root asks. → number of the policy change.
 */
export async function proposeRevocation(call: {
  readonly ctx: Context;
  readonly input: {
    readonly serial: string;
    readonly trigger: string;
    readonly effectiveAt: string;
    readonly statement: string;
    /** The policy in force as the proposer saw it. */
    readonly base: CommitSha;
  };
}): Promise<number> {
  const { ctx, input } = call;
  if (!mayRevoke(ctx.actor)) {
    throw new RevocationsError({
      code: 'NOT_ALLOWED',
      message: 'Policy maintainers and reviewers of the foundation propose revocations.',
      fix: 'Tell the foundation what you know; its page says how to reach it.',
    });
  }
  const parsed = inputSchema.safeParse(input);
  if (!parsed.success) throw invalid(parsed.error.issues[0]?.message ?? 'Something is missing.');
  const { trigger, statement } = parsed.data;
  const effectiveAt = parseEffectiveAt(input.effectiveAt, ctx.now());
  if (effectiveAt === null) {
    throw invalid('The effective date: a time in UTC such as 2026-11-20T08:30, not one to come.');
  }
  const certificate = (await listCertificates({ ctx })).find((one) => one.serial === input.serial);
  const { project = null, name = null } = certificate ?? {};
  if (certificate === undefined || project === null || name === null) {
    throw new RevocationsError({
      code: 'UNKNOWN_CERTIFICATE',
      message: 'No project has a certificate with this serial number.',
      fix: 'Choose one from the list of certificates.',
    });
  }
  const value: Revocation = {
    ...{ apiVersion: 'countersign/v1', kind: 'Revocation', serial: certificate.serial },
    ...{ project, certificate: name, trigger },
    reason: triggers.find((one) => one.trigger === trigger)?.reason ?? 'privilegeWithdrawn',
    effectiveAt: seconds(effectiveAt),
    noticedAt: seconds(ctx.now()),
    statement,
  };
  const pull = await proposeChange({
    ctx,
    input: {
      title: `Revoke ${name} of ${project}`.slice(0, 120),
      description: `Serial number ${certificate.serial}, effective ${value.effectiveAt}.\n\n${statement}`,
      base: input.base,
      changes: [
        {
          path: `revocations/${certificate.serial}.yaml`,
          content: stringify(value, { lineWidth: 0, defaultStringType: 'PLAIN', version: '1.2' }),
        },
      ],
    },
  });
  await ctx.db.$transaction((transaction) =>
    recordEvent(transaction, ctx, {
      ...{ action: 'revocation.proposed', subject: `certificate:${certificate.serial}` },
      detail: { change: pull.number },
    }),
  );
  return pull.number;
}

/** Whether this person proposed the revocation: somebody else decides on an appeal against it. */
export async function hasProposed(ctx: Context, serial: string): Promise<boolean> {
  const found = await ctx.db.auditEvent.findFirst({
    where: {
      ...{ action: 'revocation.proposed', subject: `certificate:${serial}` },
      actor: actorName(ctx.actor),
    },
  });
  return found !== null;
}

const seconds = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

const invalid = (message: string): RevocationsError =>
  new RevocationsError({ code: 'INVALID', message, fix: 'Correct it and send it again.' });
