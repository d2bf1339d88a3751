/** Which workflow built and signed. */
import type { Finding } from '../../../wire/finding/index.ts';
import { exactly } from '../../judge-claim.ts';
import type { Claim } from '../../sigstore/certificate.ts';
import type { PinnedBuilder } from '../policy.ts';
import { judge, type Context } from './context.ts';

export function workflow(context: Context): Finding {
  const { policy, claims } = context;
  const expected = `${policy.repository.uri}/${policy.workflow}@${claims.ref.ok ? claims.ref.value : '(unknown ref)'}`;
  return judge(context, {
    rule: 'origin.workflow',
    what: 'the workflow that was run',
    claim: claims.buildConfigUri,
    expected,
    accepts: (value) => claims.ref.ok && value === expected,
    refusal: 'Another workflow than the one the policy names made this build.',
    fix: `Build with ${policy.workflow}, or change workflow in the policy.`,
    path: ['workflow'],
  });
}

export function signer(context: Context): Finding {
  const { signerUri, san, buildConfigUri } = context.claims;
  const { builder } = context.policy;
  if (builder !== undefined) {
    const expected = `${builder.uri}@${builder.ref}`;
    return judge(context, {
      rule: 'origin.signer',
      what: 'which workflow signed the attestation',
      claim: san.ok ? signerUri : san,
      expected,
      accepts: (value) => value === expected && san.ok && san.value === value,
      refusal: 'The attestation was not signed by the reusable builder that the policy pins.',
      fix: `Build and attest with ${expected}, or change builder in the policy.`,
      path: ['builder'],
    });
  }
  const workflowUri = buildConfigUri.ok ? buildConfigUri.value : null;
  return judge(context, {
    rule: 'origin.signer',
    what: 'which workflow signed the attestation',
    claim: san.ok ? signerUri : san,
    expected: workflowUri ?? 'the workflow that was run',
    accepts: (value) => value === workflowUri && san.ok && san.value === value,
    refusal: 'The attestation was signed by another workflow than the one that was run.',
    fix: 'Attest in a job of the workflow itself, not in a reusable workflow that the policy does not name.',
    path: ['workflow'],
  });
}

export function builderDigest(context: Context, builder: PinnedBuilder): Finding {
  return judge(context, {
    rule: 'origin.builder',
    what: 'the commit of the reusable builder',
    claim: context.claims.signerDigest,
    expected: builder.digest,
    accepts: exactly(builder.digest),
    refusal: 'The reusable builder stood at another commit than the policy pins: its ref was moved.',
    fix: 'Find out who moved the ref. If the new commit is good, change builder.digest in the policy.',
    path: ['builder', 'digest'],
  });
}

/**
 * The source commit, the workflow's commit and the signing workflow's commit are the same for a workflow of the
 * repository itself; where they differ, the workflow was taken from another place than the source. A pinned
 * builder has a commit of its own, which `builderDigest` compares.
 */
export function commit(context: Context): Finding {
  const { signerDigest, buildConfigDigest } = context.claims;
  const ownWorkflow = context.policy.builder === undefined;
  const sameAs = (claim: Claim, value: string): boolean => claim.ok && claim.value === value;
  return judge(context, {
    rule: 'origin.commit',
    what: 'the commit that was built, with the workflow taken from the same commit',
    claim: context.claims.commit,
    expected: 'one full commit id for source and workflow',
    accepts: (value) =>
      /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value) &&
      (!ownWorkflow || sameAs(signerDigest, value)) &&
      sameAs(buildConfigDigest, value),
    refusal: "The workflow wasn't taken from the commit that was built.",
    fix: 'Run the workflow on the branch or tag it is part of; do not start it for another commit.',
    path: ['workflow'],
  });
}
