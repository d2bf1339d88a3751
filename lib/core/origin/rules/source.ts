/** Which repository, and which branch or tag of it, was built: rules for every provider whose certificates name these four. */
import type { Finding } from '../../wire/finding/index.ts';
import { matchesRef } from '../../glob/index.ts';
import type { ComparedOrigin, LocateInOrigin } from '../compared.ts';
import { exactly, judgeClaim } from '../judge-claim.ts';
import type { Claim } from '../sigstore/certificate.ts';

export interface SourceJudging {
  readonly claims: Readonly<Record<'repositoryId' | 'repositoryUri' | 'ownerId' | 'ref', Claim>>;
  readonly policy: Pick<ComparedOrigin, 'repository' | 'refs'>;
  readonly locate: LocateInOrigin;
  /** What to do where the certificate doesn't make a claim, in the provider's words. */
  readonly unshown: string;
}

export function repository(judging: SourceJudging): Finding {
  const expected = judging.policy.repository.id;
  return judgeClaim(judging, {
    rule: 'origin.repository',
    what: "the repository's id",
    claim: judging.claims.repositoryId,
    expected,
    accepts: exactly(expected),
    refusal:
      'The file was built in another repository (a fork or a repository of the same name has another id).',
    fix: "Build in the project's own repository, or correct repository.id in the policy.",
    path: ['repository', 'id'],
  });
}

export function repositoryUri(judging: SourceJudging): Finding {
  const expected = judging.policy.repository.uri;
  return judgeClaim(judging, {
    rule: 'origin.repository-uri',
    what: "the repository's address",
    claim: judging.claims.repositoryUri,
    expected,
    accepts: exactly(expected),
    refusal: 'The repository the file was built in has another address, letter by letter.',
    fix: 'If the repository was renamed or moved, change repository.uri in the policy.',
    path: ['repository', 'uri'],
  });
}

export function owner(judging: SourceJudging): Finding {
  const expected = judging.policy.repository.ownerId;
  return judgeClaim(judging, {
    rule: 'origin.owner',
    what: "the id of the repository's owner",
    claim: judging.claims.ownerId,
    expected,
    accepts: exactly(expected),
    refusal: 'The repository belongs to another account than the policy names.',
    fix: 'If the repository was transferred on purpose, change repository.ownerId in the policy.',
    path: ['repository', 'ownerId'],
  });
}

export function ref(judging: SourceJudging): Finding {
  const { branches, tags } = judging.policy.refs;
  const allowed = [...branches.map((branch) => `branch ${branch}`), ...tags.map((tag) => `tag ${tag}`)].join(
    ', ',
  );
  const matches = (prefix: string, patterns: readonly string[], value: string): boolean =>
    value.startsWith(prefix) && patterns.some((pattern) => matchesRef(pattern, value.slice(prefix.length)));
  return judgeClaim(judging, {
    rule: 'origin.ref',
    what: 'the branch or tag that was built',
    claim: judging.claims.ref,
    expected: allowed === '' ? 'none: the policy allows no branch and no tag' : allowed,
    accepts: (value) => matches('refs/heads/', branches, value) || matches('refs/tags/', tags, value),
    refusal: 'The file was built from a branch or tag that the policy does not allow.',
    fix: 'Release from an allowed branch or tag, or change refs in the policy.',
    path: ['refs'],
  });
}
