/** `upstream`: whose file it is, by digest or by signer. */
import type { Upstream } from '../generated/index.ts';
import { describePin } from '../formats/upstream/index.ts';
import type { Sha256Hex } from '../ids/index.ts';
import { fail, pass, type Finding, type PolicyLocation } from '../wire/finding/index.ts';
import type { CompiledElement } from './element.ts';
import { openPgpProblems } from './upstream-openpgp.ts';
import type { WrittenBody } from './places.ts';
import type { ConfigurationProblem } from './problem.ts';

/** Signers are those of signatures that are verified; whom a file that isn't verified is by, nobody knows. */
export function upstreamProblems(written: WrittenBody): readonly ConfigurationProblem[] {
  const { body, steps } = written;
  const openPgp = openPgpProblems(written);
  if (openPgp.length > 0 || ('verify' in body && body.verify === 'openpgp')) return openPgp;
  const signers = 'upstream' in body ? body.upstream.signers : undefined;
  if (signers === undefined || 'verify' in body) return [];
  return [
    {
      rule: 'rule.upstream',
      path: [...steps, 'upstream', 'signers'],
      message:
        '`upstream.signers` says who has to have signed the file, but its signatures are not verified.',
      fix: 'Add `verify`, or name the files by `sha256`.',
    },
  ];
}

interface PinnedFile {
  readonly path: readonly string[];
  readonly policy: PolicyLocation | null;
  readonly sha256: Sha256Hex;
}

/** Whether the file is one of those whose digests are listed; empty: none are. */
export function pinnedFindings(
  { upstream }: Pick<CompiledElement, 'upstream'>,
  { sha256, path, policy }: PinnedFile,
): readonly Finding[] {
  const digests = upstream?.sha256;
  if (digests === undefined) return [];
  const about = { rule: 'artifact.upstream-digest', path, policy, sha256 };
  if (digests.includes(sha256))
    return [pass({ ...about, message: 'The file is one of upstream’s that the configuration lists.' })];
  const message =
    digests.length === 1
      ? 'The file is not the one of upstream that the configuration lists.'
      : `The file is none of the ${digests.length} of upstream that the configuration lists.`;
  return [
    fail({
      ...about,
      message,
      expected: digests.slice(0, 5).join(', '),
      found: sha256,
      fix: 'Take the file from upstream unchanged; or, for another version of it, add its SHA-256 to `upstream.sha256`.',
    }),
  ];
}

/** Empty: nothing is asked. */
export function describeUpstream(upstream: Upstream | null): string {
  const { signers = [], sha256 = [], openpgpKeys = [] } = upstream ?? {};
  return [
    openpgpKeys.length === 0
      ? ''
      : `signed by the OpenPGP key ${openpgpKeys.map(({ fingerprint }) => fingerprint).join(' or ')}`,
    signers.length === 0 ? '' : `signed by ${signers.map(describePin).join(' or ')}`,
    sha256.length === 0
      ? ''
      : sha256.length === 1
        ? 'the one file of upstream with a given SHA-256'
        : `one of ${sha256.length} files of upstream, each with a given SHA-256`,
  ]
    .filter((text) => text !== '')
    .join('; ');
}
