import type { Revocation } from '../../generated/index.ts';

export type RevocationReason = Revocation['reason'];

/** CRLReason, RFC 5280 §5.3.1. certificateHold is omitted: a suspension is not a revocation (Code Signing BR §7.2.2). */
export const reasonCodes: Readonly<Record<RevocationReason, number>> = {
  keyCompromise: 1,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  privilegeWithdrawn: 9,
};
