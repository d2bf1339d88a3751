import { fail, pass, type Checked } from '../../lib/core/finding/index.ts';
import type { GoverningPolicy } from '../checks/index.ts';
import type { ClaimedRequest } from '../requests/index.ts';
import { blockingRevocation } from '../revocation/index.ts';
import type { SignerContext } from './context.ts';

/** What may have come while the files were signed: a stop (throws Unavailable), or a revocation of the very certificate. */
export async function lastLook(
  context: Pick<SignerContext, 'stops' | 'revocations' | 'keys'>,
  request: ClaimedRequest,
  { key, effective }: GoverningPolicy,
): Promise<Checked<null>> {
  await context.stops.check(request.project);
  const revocation = blockingRevocation(key, context.keys.current(), context.revocations.known());
  const about = { rule: 'release.certificate', policy: effective.locate(['certificate']) };
  if (revocation === null) {
    const message = 'The certificate is still good.';
    return { ok: true, value: null, findings: [pass({ ...about, message, found: 'not revoked' })] };
  }
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
