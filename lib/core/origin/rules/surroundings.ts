/** What was around a build: who could see the source, and in which deployment environment the job ran. For every provider that certifies it. */
import type { Finding } from '../../wire/finding/index.ts';
import type { LocateInOrigin } from '../compared.ts';
import { exactly, judgeClaim } from '../judge-claim.ts';
import type { Claim } from '../sigstore/certificate.ts';

interface SurroundingsJudging {
  readonly claims: Readonly<Record<'visibility' | 'environment', Claim>>;
  readonly locate: LocateInOrigin;
  /** What to do where the certificate doesn't make a claim, in the provider's words. */
  readonly unshown: string;
}

export function visibility(judging: SurroundingsJudging): Finding {
  return judgeClaim(judging, {
    rule: 'origin.visibility',
    what: 'whether the repository was public',
    claim: judging.claims.visibility,
    expected: 'public',
    accepts: exactly('public'),
    refusal:
      'The repository was not public when the file was built, so nobody can look at what it was built from.',
    fix: 'Make the repository public and build again, or set visibility to any in the policy.',
    path: ['visibility'],
  });
}

export function environment(judging: SurroundingsJudging, expected: string): Finding {
  return judgeClaim(judging, {
    rule: 'origin.environment',
    what: 'the deployment environment of the job',
    claim: judging.claims.environment,
    expected,
    accepts: exactly(expected),
    refusal: 'The file was attested in another deployment environment than the policy names.',
    fix: `Write environment: ${expected} in the job that attests, or change environment in the policy.`,
    path: ['environment'],
  });
}
