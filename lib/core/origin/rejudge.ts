/** A build that was verified once, held against a policy again: the same rules over the claims as they were recorded. */
import type { Finding } from '../wire/finding/index.ts';
import { judgeAge } from './age.ts';
import { claimNamesOf, type CertificateClaims } from './claims.ts';
import type { LocateInOrigin } from './compared.ts';
import { judgeBuild } from './judge-build.ts';
import { providers, type OriginPolicy, type RecordedClaims } from './registry.ts';
import type { Claim } from './sigstore/certificate.ts';

export interface RejudgeInput {
  readonly claims: RecordedClaims;
  /** When a trusted source of time saw the attestation; null: not recorded. */
  readonly signedAt: Date | null;
  readonly policy: OriginPolicy;
  readonly locate: LocateInOrigin;
  /** Time of the check that is repeated. */
  readonly now: Date;
}

/** Recorded claims → one finding for each rule, as `verifyOrigin` gives them for a bundle. Proves nothing. */
export function rejudgeClaims(input: RejudgeInput): readonly Finding[] {
  const provider = providers[input.policy.provider];
  const claims = Object.fromEntries(
    claimNamesOf(provider.arcs).map((name) => [name, claim(input.claims[name])]),
  ) as CertificateClaims;
  const times = input.signedAt === null ? null : { earliest: input.signedAt, latest: input.signedAt };
  return [
    ...judgeBuild(provider, { claims, policy: input.policy, locate: input.locate }),
    ...judgeAge(times, input.policy.maximumAgeHours, input.now, input.locate),
  ];
}

function claim(value: string | undefined): Claim {
  return value === undefined ? { ok: false, problem: 'it was not recorded' } : { ok: true, value };
}
