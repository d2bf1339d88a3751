import type { Finding } from '../wire/finding/index.ts';
import { exactly, judgeClaim } from './judge-claim.ts';
import type { Judging, ProviderRecord } from './provider.ts';

/**
 * Every rule about a build's certificate, each against the policy. All are judged, whatever the others answer,
 * so that a maintainer sees everything that is wrong at once. Values are compared with ===.
 * Whose word the claims are is asked here, of every provider's builds: a provider can't leave it out.
 */
export function judgeBuild(provider: ProviderRecord, judging: Judging): readonly Finding[] {
  return [issuer(provider, judging), ...provider.judge(judging)];
}

function issuer({ words }: ProviderRecord, { claims, policy, locate }: Judging): Finding {
  const expected = policy.issuer;
  return judgeClaim(
    { locate, unshown: words.unshown },
    {
      rule: 'origin.issuer',
      what: 'who vouches for the build',
      claim: claims.issuer,
      expected,
      accepts: exactly(expected),
      refusal: 'Another issuer than the trusted one vouches for this build.',
      fix: 'Build on the build system that the policy names.',
      path: ['buildSystem'],
    },
  );
}
