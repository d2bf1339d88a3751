/** Which repository, and what of it was built. */
import type { Finding } from '../../../wire/finding/index.ts';
import { matchesRef } from '../../../glob/index.ts';
import { exactly } from '../../judge-claim.ts';
import type { Claim } from '../../sigstore/certificate.ts';
import { judge, type Context } from './context.ts';

export function repository(context: Context): Finding {
  const expected = context.policy.repository.id;
  return judge(context, {
    rule: 'origin.repository',
    what: "the repository's id",
    claim: context.claims.repositoryId,
    expected,
    accepts: exactly(expected),
    refusal:
      'The file was built in another repository (a fork or a repository of the same name has another id).',
    fix: "Build in the project's own repository, or correct repository.id in the policy.",
    path: ['repository', 'id'],
  });
}

export function repositoryUri(context: Context): Finding {
  const expected = context.policy.repository.uri;
  return judge(context, {
    rule: 'origin.repository-uri',
    what: "the repository's address",
    claim: context.claims.repositoryUri,
    expected,
    accepts: exactly(expected),
    refusal: 'The repository the file was built in has another address, letter by letter.',
    fix: 'If the repository was renamed or moved, change repository.uri in the policy.',
    path: ['repository', 'uri'],
  });
}

export function owner(context: Context): Finding {
  const expected = context.policy.repository.ownerId;
  return judge(context, {
    rule: 'origin.owner',
    what: "the id of the repository's owner",
    claim: context.claims.ownerId,
    expected,
    accepts: exactly(expected),
    refusal: 'The repository belongs to another account than the policy names.',
    fix: 'If the repository was transferred on purpose, change repository.ownerId in the policy.',
    path: ['repository', 'ownerId'],
  });
}

export function ref(context: Context): Finding {
  const { branches, tags } = context.policy.refs;
  const allowed = [...branches.map((branch) => `branch ${branch}`), ...tags.map((tag) => `tag ${tag}`)].join(
    ', ',
  );
  const matches = (prefix: string, patterns: readonly string[], value: string): boolean =>
    value.startsWith(prefix) && patterns.some((pattern) => matchesRef(pattern, value.slice(prefix.length)));
  return judge(context, {
    rule: 'origin.ref',
    what: 'the branch or tag that was built',
    claim: context.claims.ref,
    expected: allowed === '' ? 'none: the policy allows no branch and no tag' : allowed,
    accepts: (value) => matches('refs/heads/', branches, value) || matches('refs/tags/', tags, value),
    refusal: 'The file was built from a branch or tag that the policy does not allow.',
    fix: 'Release from an allowed branch or tag, or change refs in the policy.',
    path: ['refs'],
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
