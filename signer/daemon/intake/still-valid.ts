/**
 * Whether what was checked before the signing began holds at this moment, too: certificates and approvals end while files wait for a token, a rate
 * limit or a timestamp authority.
 */
import { Unavailable } from '../../ground/availability/index.ts';
import type { ApprovedRequest, GoverningPolicy } from '../checks/index.ts';

/**
 * Throws Unavailable where it has ended: nothing more is signed, and the request is checked again from its bytes, which refuses it or has it wait,
 * and says to people what to do.
 */
export function checkStillValid(
  { key, ownKeys, effective }: GoverningPolicy,
  { approval }: ApprovedRequest,
  now: Date,
): void {
  for (const { entry, certificate } of [key, ...Object.values(ownKeys)])
    if (now > certificate.validToDate)
      throw ended(`the certificate of ${entry.label} ended at ${certificate.validToDate.toISOString()}`, now);
  const valid = approval.approvals.filter(({ expiresAt }) => Date.parse(expiresAt) > now.getTime());
  if (valid.length >= effective.quorum) return;
  const times = approval.approvals.map(({ expiresAt }) => expiresAt).sort();
  throw ended(
    `${valid.length} of ${effective.quorum} approvals still count: one ended at ${times[0] ?? '?'}`,
    now,
  );
}

const ended = (what: string, now: Date): Unavailable =>
  new Unavailable(
    'signer',
    `${what}, while the request was being signed`,
    'none is needed: the request is checked again, which says what is to be renewed',
    undefined,
    now,
  );
