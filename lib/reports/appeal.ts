/** Appeals: by the project's own people, against a revocation in force, one at a time; decided by somebody who didn't propose it. */
import { parseProjectSlug, type CertificateSerial } from '#core/ids/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { isOnTeam } from '../platform/auth/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { hasProposed } from '../revocations/index.ts';
import { ReportsError } from './error.ts';

/** Throws where this person can't appeal against the revocation of this certificate. */
export async function checkAppeal(
  ctx: Context,
  { project, serial }: { readonly project: string | null; readonly serial: string | null },
  snapshot: PolicySnapshot | null,
): Promise<void> {
  const revocation = snapshot?.revocations.get((serial ?? '') as CertificateSerial)?.value;
  if (project === null || revocation?.project !== project) {
    throw new ReportsError({
      code: 'INVALID',
      message: 'There is no revocation of a certificate of this project with this serial number.',
      fix: 'Start from the notice of the revocation: it has the link.',
    });
  }
  if (!isOnTeam(ctx.actor, parseProjectSlug(project))) {
    throw new ReportsError({
      code: 'NOT_ALLOWED',
      message: `Only the people of ${project} appeal against the revocation of its certificate.`,
      fix: 'Sign in as one of them, or write to the foundation: its page says how.',
    });
  }
  if (revocation.reinstated !== undefined) {
    throw new ReportsError({
      code: 'INVALID',
      message: `${project} is reinstated already.`,
      fix: 'The foundation issues its new certificate; nothing is left to appeal against.',
    });
  }
}

/** Throws where an appeal against the revocation of this certificate waits. Until the transaction ends, nobody else sends one. */
export async function refuseSecondAppeal(transaction: Transaction, serial: string | null): Promise<void> {
  await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`countersign:appeal:${serial ?? ''}`}, 0))`;
  const open = await transaction.report.findFirst({ where: { kind: 'appeal', serial, closedAt: null } });
  if (open === null) return;
  throw new ReportsError({
    code: 'INVALID',
    message: 'There is an appeal against this revocation that isn’t decided yet.',
    fix: 'Wait for the answer; the sender has the address.',
  });
}

/** Throws where this person was part of what is appealed against. */
export async function checkImpartial(
  ctx: Context,
  { projectSlug, serial }: { readonly projectSlug: string | null; readonly serial: string | null },
): Promise<void> {
  const team = projectSlug !== null && isOnTeam(ctx.actor, parseProjectSlug(projectSlug));
  if (!team && !(await hasProposed(ctx, serial ?? ''))) return;
  throw new ReportsError({
    code: 'NOT_ALLOWED',
    message: team
      ? 'You are one of the project’s people: somebody else decides on its appeal.'
      : 'You proposed this revocation: somebody else decides on the appeal against it.',
    fix: 'Leave it to another reviewer or policy maintainer.',
  });
}
