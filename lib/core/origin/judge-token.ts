/** A build's identity token against a policy: the rules over its certificate, told of a token. */
import { fail } from '../wire/finding/index.ts';
import type { Finding } from '../wire/finding/index.ts';
import type { CertificateClaims } from './claims.ts';
import type { LocateInOrigin, ProviderName } from './compared.ts';
import type { BuildToken } from './identity-token.ts';
import { judgeBuild } from './judge-build.ts';
import { providers, type OriginPolicy } from './registry.ts';

export interface JudgeTokenInput {
  readonly provider: ProviderName;
  /** Who signed the token, verified. */
  readonly issuer: string;
  readonly token: BuildToken;
  readonly policy: OriginPolicy;
  readonly locate: LocateInOrigin;
}

/** A finding for each rule. Without a failure, the build may submit what comes from this origin; it proves nothing about a file. */
export function judgeToken({ provider, issuer, token, policy, locate }: JudgeTokenInput): readonly Finding[] {
  const record = providers[provider];
  const tokens = record.identityToken;
  if (tokens === null || policy.provider !== provider) return [otherProvider(provider, policy, locate)];
  const claims = tokens.claims(token, new URL(policy.repository.uri).origin);
  const asked = tokens.asked(policy, claims);
  const whole = { ...claims, issuer: { ok: true, value: issuer } } as CertificateClaims;
  return judgeBuild(record, { claims: whole, policy: asked, locate }).map((finding) => {
    const words = finding.outcome === 'fail' ? tokens.words[finding.rule] : undefined;
    return words === undefined ? finding : { ...finding, ...words };
  });
}

function otherProvider(provider: ProviderName, policy: OriginPolicy, locate: LocateInOrigin): Finding {
  return fail({
    rule: 'origin.issuer',
    message: 'The policy takes builds of another build system.',
    expected: policy.provider,
    found: provider,
    fix: 'Submit from a run of the build system that the policy names.',
    policy: locate(['buildSystem']),
  });
}
