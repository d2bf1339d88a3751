import { stringify } from 'yaml';
import { recordEvent } from '../audit/index.ts';
import { listCertificates, type PublishedCertificate } from '../certificates/index.ts';
import type { Revocation } from '#core/generated/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import { actorName } from '../platform/auth/index.ts';
import { FieldReader } from '../platform/http/index.ts';
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

/** In characters. Also shown by the form. */
export const statementCharactersMax = 2_000;

interface CheckedInput {
  readonly trigger: Revocation['trigger'];
  readonly effectiveAt: Date;
  readonly statement: string;
}

/** Rejects with INVALID, with everything that is wrong and the field it is wrong with. */
function checkInput(
  input: { readonly trigger: string; readonly effectiveAt: string; readonly statement: string },
  now: Date,
): CheckedInput {
  const reader = new FieldReader();
  const known = triggers.map((row) => row.trigger);
  const trigger = reader.choice('trigger', input.trigger, known, 'What happened: choose one.');
  const statement = reader.text('statement', input.statement, {
    label: 'What the public is told',
    lines: true,
    charactersMax: statementCharactersMax,
    missing: 'say what happened, and what to do',
  });
  const effectiveAt = parseEffectiveAt(input.effectiveAt, now);
  if (effectiveAt === null) {
    const message = 'The effective date: a time in UTC such as 2026-11-20T08:30, not one to come.';
    reader.refuse('effectiveAt', input.effectiveAt === '' ? 'MISSING' : 'INVALID', message);
  }
  const [problem] = reader.problems;
  if (problem === undefined && trigger !== null && effectiveAt !== null) {
    return { trigger, effectiveAt, statement };
  }
  throw new RevocationsError({
    code: 'INVALID',
    message: problem?.message ?? 'Something is missing.',
    fields: reader.problems,
    fix: 'Correct it and send it again: what you entered is still here.',
  });
}

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

/** So many certificates at most in one change, the newest first; a project that has more takes another change. */
export const certificatesMax = 50;

/** Certificates of a project that can sign and aren't revoked yet, also those that ran out: what they signed still counts. Public. */
export async function revocableCertificates(call: {
  readonly ctx: Pick<Context, 'config' | 'db' | 'policies'>;
  readonly input: { readonly project: string };
}): Promise<readonly ProjectCertificate[]> {
  const { ctx, input } = call;
  return (await listCertificates({ ctx, input }))
    .filter(isOfProject)
    .filter((certificate) => certificate.project === input.project && !certificate.hasNotice)
    .toSorted((a, b) => b.validTo.getTime() - a.validTo.getTime());
}

/**
 * Proposes revocations/<serial>.yaml of each certificate in the person's name, as one change: nothing is revoked before as many
 * policy maintainers have signed it as the trust root asks. → number of the policy change.
 */
export async function proposeRevocation(call: {
  readonly ctx: Context;
  readonly input: {
    /** One certificate, or all of a project as the proposer saw them. */
    readonly of:
      { readonly serial: string } | { readonly project: string; readonly serials: readonly string[] };
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
  const checked = checkInput(input, ctx.now());
  const certificates = await chosen(ctx, input.of);
  const documents = certificates.map((certificate) =>
    documentOf(certificate, { ...checked, now: ctx.now() }),
  );
  const pull = await proposeChange({
    ctx,
    input: {
      title: titleOf(certificates, input.of).slice(0, 120),
      description: `${numbersOf(documents)}\n\n${checked.statement}`,
      base: input.base,
      changes: documents.map((value) => ({
        path: `revocations/${value.serial}.yaml`,
        content: stringify(value, { lineWidth: 0, defaultStringType: 'PLAIN', version: '1.2' }),
      })),
    },
  });
  await ctx.db.$transaction(async (transaction) => {
    for (const { serial } of certificates) {
      await recordEvent(transaction, ctx, {
        action: 'revocation.proposed',
        subject: `certificate:${serial}`,
        detail: { change: pull.number },
      });
    }
  });
  return pull.number;
}

type ProjectCertificate = PublishedCertificate & { readonly project: string; readonly name: string };
type ProposalInput = Parameters<typeof proposeRevocation>[0]['input'];

const isOfProject = (certificate: PublishedCertificate): certificate is ProjectCertificate =>
  certificate.project !== null && certificate.name !== null;

async function chosen(ctx: Context, of: ProposalInput['of']): Promise<readonly ProjectCertificate[]> {
  if ('serial' in of) {
    const found = (await listCertificates({ ctx }))
      .filter(isOfProject)
      .find((certificate) => certificate.serial === of.serial);
    if (found !== undefined) return [found];
    throw new RevocationsError({
      code: 'UNKNOWN_CERTIFICATE',
      message: 'No project has a certificate with this serial number.',
      fix: 'Choose one from the list of certificates.',
    });
  }
  const now = (await revocableCertificates({ ctx, input: of })).slice(0, certificatesMax);
  if (now.length === 0) {
    throw new RevocationsError({
      code: 'UNKNOWN_CERTIFICATE',
      message: `${of.project} has no certificate that could still be revoked.`,
      fix: 'The list of revocations shows those that are.',
    });
  }
  const seen = new Set(of.serials);
  if (now.length === seen.size && now.every((certificate) => seen.has(certificate.serial))) return now;
  throw new RevocationsError({
    code: 'CHANGED_MEANWHILE',
    message: `The certificates of ${of.project} have changed since you opened the page.`,
    fix: 'Open the page again, see what it does now, then propose it. What you typed is still here.',
  });
}

function documentOf(
  { serial, project, name }: ProjectCertificate,
  input: CheckedInput & { readonly now: Date },
): Revocation {
  const { trigger, statement, effectiveAt, now } = input;
  return {
    apiVersion: 'countersign/v1',
    kind: 'Revocation',
    serial,
    project,
    certificate: name,
    trigger,
    reason: triggers.find((row) => row.trigger === trigger)?.reason ?? 'privilegeWithdrawn',
    effectiveAt: seconds(effectiveAt),
    noticedAt: seconds(now),
    statement,
  };
}

function titleOf(certificates: readonly ProjectCertificate[], of: ProposalInput['of']): string {
  const [first] = certificates;
  if (!('project' in of)) return `Revoke ${first?.name ?? ''} of ${first?.project ?? ''}`;
  const which =
    certificates.length < certificatesMax ? 'all certificates' : `${certificatesMax} certificates`;
  return `Revoke ${which} of ${of.project}`;
}

function numbersOf(documents: readonly Revocation[]): string {
  const [first] = documents;
  const numbers = documents.map(({ certificate, serial }) => `${serial} (${certificate})`).join(', ');
  return `Serial ${documents.length === 1 ? 'number' : 'numbers'} ${numbers}, effective ${first?.effectiveAt ?? ''}.`;
}

/** Whether this person proposed the revocation: somebody else decides on an appeal against it. */
export async function hasProposed(ctx: Context, serial: string): Promise<boolean> {
  const found = await ctx.db.auditEvent.findFirst({
    where: {
      action: 'revocation.proposed',
      subject: `certificate:${serial}`,
      actor: actorName(ctx.actor),
    },
  });
  return found !== null;
}

const seconds = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;
