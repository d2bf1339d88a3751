import { fail, pass, type Checked } from '#core/wire/finding/index.ts';
import type { GoverningPolicy } from '../checks/index.ts';
import type { ClaimedRequest } from '../requests/index.ts';
import { proveNotRevoked, type NotRevoked } from '../../rulings/revocations/index.ts';
import type { StepResult } from '../run/index.ts';
import type { SignerContext } from './context.ts';
import { denialSince } from './read-decisions.ts';

/**
 * What may have come while the files were signed: a stop (throws Unavailable), a revocation of the very certificate, or a
 * denial by one of the approvers.
 */
export async function lastLook(
  context: Pick<SignerContext, 'journal' | 'stops' | 'revocations' | 'keys' | 'database' | 'now'>,
  request: ClaimedRequest,
  governing: GoverningPolicy,
): Promise<StepResult<NotRevoked>> {
  await context.journal.check();
  await context.stops.check(request.project);
  const denial = await denialSince(context, request, governing.effective);
  if (denial.ok === 'waiting') return denial;
  if (!denial.ok) return { ok: false, findings: denial.findings };
  const looked = lookAtCertificate(context, governing);
  return looked.ok ? { ...looked, findings: [...denial.findings, ...looked.findings] } : looked;
}

/**
 * What may have come before the next file is signed: a stop, a policy that became too old, a database that was put back (each throws), or a
 * revocation. Denials end the request before its release.
 */
export async function lookBeforeFile(
  context: Pick<SignerContext, 'journal' | 'stops' | 'policy' | 'revocations' | 'keys' | 'now'>,
  { project }: Pick<ClaimedRequest, 'project'>,
  governing: GoverningPolicy,
): Promise<Checked<NotRevoked>> {
  await context.journal.check();
  await context.stops.check(project);
  context.policy.checkFresh();
  return lookAtCertificate(context, governing);
}

/** By the register, which learns of revocations whenever this signer looks at the policy: for any request, and at intervals. */
function lookAtCertificate(
  { keys, revocations, now }: Pick<SignerContext, 'revocations' | 'keys' | 'now'>,
  { key, effective }: GoverningPolicy,
): Checked<NotRevoked> {
  const looked = proveNotRevoked(key, keys.current(), revocations.known(), now());
  const about = { rule: 'release.certificate', policy: effective.locate(['certificate']) };
  if (looked.ok) {
    const good = pass({ ...about, message: 'The certificate is still good.', found: 'not revoked' });
    return { ok: true, value: looked.value, findings: [good] };
  }
  const { by: revocation } = looked;
  return {
    ok: false,
    findings: [
      fail({
        ...about,
        message: 'The certificate was revoked while the request was at work: nothing is released.',
        expected: 'a certificate that is not revoked',
        found: `revoked as of ${revocation.effectiveAt.toISOString()} (${revocation.reason}, revocations/${revocation.serial}.yaml)`,
        fix: 'Read why it was revoked on the project’s page; the foundation says whether the project gets a new one.',
      }),
    ],
  };
}
