import { ownKeyFields } from '#core/policy/index.ts';
import { fail, pass, type Checked } from '#core/wire/finding/index.ts';
import type { ApprovedRequest, GoverningPolicy } from '../checks/index.ts';
import type { ClaimedRequest } from '../requests/index.ts';
import { proveNotRevoked, type NotRevoked } from '../../rulings/revocations/index.ts';
import type { StepResult } from '../run/index.ts';
import type { SignerContext } from './context.ts';
import { findCancelled } from './cancelled.ts';
import { checkStillValid } from './still-valid.ts';
import { denialSince } from './read-decisions.ts';

/**
 * Checks what may have happened while the files were signed: a stop or a clock that jumped (each throws
 * Unavailable), a revocation of this certificate, a cancellation, or a denial by an approver.
 */
export async function finalCheck(
  context: Pick<SignerContext, 'journal' | 'stops' | 'clock' | 'revocations' | 'keys' | 'database' | 'now'>,
  request: ClaimedRequest,
  governing: GoverningPolicy,
): Promise<StepResult<NotRevoked>> {
  await context.journal.check();
  await context.stops.check(request.project);
  context.clock.check();
  const cancelled = await findCancelled(context, request.id);
  if (cancelled !== null) return { ok: false, findings: cancelled };
  const denial = await denialSince(context, request, governing.effective);
  if (denial.ok === 'waiting') return denial;
  if (!denial.ok) return { ok: false, findings: denial.findings };
  const checked = checkNotRevoked(context, governing);
  return checked.ok ? { ...checked, findings: [...denial.findings, ...checked.findings] } : checked;
}

/**
 * Checks what may have happened before the next file is signed: a stop, a clock that jumped, a policy that became too
 * old, a certificate or an approval that ended, a database that was rolled back (each throws), a cancellation, or a revocation. Denials end the request before its release.
 */
export async function checkBeforeFile(
  context: Pick<
    SignerContext,
    'journal' | 'stops' | 'clock' | 'policy' | 'revocations' | 'keys' | 'database' | 'now'
  >,
  { id, project }: Pick<ClaimedRequest, 'id' | 'project'>,
  { governing, approval }: { readonly governing: GoverningPolicy; readonly approval: ApprovedRequest },
): Promise<Checked<NotRevoked>> {
  await context.journal.check();
  await context.stops.check(project);
  context.clock.check();
  context.policy.checkFresh();
  checkStillValid(governing, approval, context.now());
  const cancelled = await findCancelled(context, id);
  if (cancelled !== null) return { ok: false, findings: cancelled };
  return checkNotRevoked(context, governing);
}

/** By the register, which learns of revocations whenever this signer reads the policy: for each request, and periodically. */
function checkNotRevoked(
  { keys, revocations, now }: Pick<SignerContext, 'revocations' | 'keys' | 'now'>,
  { key, ownKeys, effective }: GoverningPolicy,
): Checked<NotRevoked> {
  const asked = [key, ...Object.values(ownKeys)];
  const proof = proveNotRevoked(asked, keys.current(), revocations.known(), now());
  const about = { rule: 'release.certificate', policy: effective.locate(['certificate']) };
  if (proof.ok) {
    const passed = pass({ ...about, message: 'The certificate is still valid.', found: 'not revoked' });
    return { ok: true, value: proof.value, findings: [passed] };
  }
  const { by: revocation } = proof;
  const own = (['openpgp', 'raw'] as const).find((use) => ownKeys[use] === proof.key);
  return {
    ok: false,
    findings: [
      fail({
        rule: about.rule,
        policy: own === undefined ? about.policy : effective.locate([ownKeyFields[own]]),
        message: `The ${own === undefined ? 'certificate' : 'project’s own key'} was revoked while the request was processed: nothing is released.`,
        expected: `a ${own === undefined ? 'certificate' : 'key'} that is not revoked`,
        found: `revoked as of ${revocation.effectiveAt.toISOString()} (${revocation.reason}, revocations/${revocation.serial}.yaml)`,
        fix: 'Read why it was revoked on the project’s page; the foundation says whether the project gets a new one.',
      }),
    ],
  };
}
