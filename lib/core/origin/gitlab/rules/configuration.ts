/** Which CI configuration built and signed. */
import type { Finding } from '../../../wire/finding/index.ts';
import type { Claim } from '../../sigstore/certificate.ts';
import { judge, type Context } from './context.ts';

/**
 * `<project>//<file>@<ref>`, as GitLab writes `ci_config_ref_uri`, with `https://` in front; the double slash is its own. The file of
 * another project or from an address of the web is another text. null: no ref is certified, so nothing is expected.
 */
function expectedUri({ policy, claims }: Context): string | null {
  return claims.ref.ok ? `${policy.repository.uri}//${policy.configuration}@${claims.ref.value}` : null;
}

const shownUri = (context: Context): string =>
  expectedUri(context) ?? `${context.policy.repository.uri}//${context.policy.configuration}@(unknown ref)`;

const isSaid = (claim: Claim, value: string): boolean => claim.ok && claim.value === value;

export function workflow(context: Context): Finding {
  const { configuration } = context.policy;
  const expected = expectedUri(context);
  return judge(context, {
    rule: 'origin.workflow',
    what: 'the CI configuration that was run',
    claim: context.claims.buildConfigUri,
    expected: shownUri(context),
    accepts: (value) => value === expected,
    refusal: 'Another CI configuration than the one the policy names made this build, or one of another ref.',
    fix: `Build with ${configuration} of the project itself, or change configuration in the policy.`,
    path: ['configuration'],
  });
}

export function signer(context: Context): Finding {
  const { san, signerUri } = context.claims;
  const expected = expectedUri(context);
  return judge(context, {
    rule: 'origin.signer',
    what: 'which pipeline signed the attestation',
    claim: san.ok ? signerUri : san,
    expected: shownUri(context),
    accepts: (value) => value === expected && isSaid(san, value),
    refusal: 'The attestation was signed by another pipeline than the one that the policy names.',
    fix: 'Attest in a job that the CI configuration of the project itself defines.',
    path: ['configuration'],
  });
}

/**
 * `ci_config_sha` is there only where the configuration lies in the project, and is the commit that was built then: a configuration
 * that was read from elsewhere has another, or none.
 */
export function commit(context: Context): Finding {
  const { signerDigest, buildConfigDigest } = context.claims;
  return judge(context, {
    rule: 'origin.commit',
    what: 'the commit that was built, with the CI configuration taken from the same commit',
    claim: context.claims.commit,
    expected: 'one full commit id for source and CI configuration',
    accepts: (value) =>
      /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value) &&
      isSaid(signerDigest, value) &&
      isSaid(buildConfigDigest, value),
    refusal: 'The CI configuration wasn’t taken from the commit that was built.',
    fix: 'Keep the CI configuration in the project, and run the pipeline on the branch or tag it is part of.',
    path: ['configuration'],
  });
}
