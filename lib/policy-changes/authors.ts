/** Who wrote a change: whoever proposed it, and whoever stands in its commits. None of them counts as accepting it. */
import { isError } from '../core/error-class/index.ts';
import { GitCommitError, parseGitCommit } from '../core/approval/index.ts';
import { parsePersonHandle } from '../core/ids/index.ts';
import type { CommitSha, PersonHandle } from '../core/ids/index.ts';
import type { PolicySnapshot } from '../core/policy/index.ts';
import { verifySshSignature } from '../core/sshsig/index.ts';

export interface WrittenCommit {
  readonly commit: CommitSha;
  /** The raw commit object. */
  readonly object: Uint8Array;
  readonly authorEmail: string;
}

/** Addresses that carry the code host's numeric id: our own, and GitHub's for people who keep theirs private. */
const addresses = [
  /^(\d{1,20})@people\.countersign\.invalid$/,
  /^(\d{1,20})\+[^@\s]+@users\.noreply\.github\.com$/,
];

/**
 * Numeric ids and commits of a change → handles of the people who wrote it, as far as the policy in force names them.
 * A signature tells who made a commit for certain; an address is only its maker's word, so both count.
 */
export function authorsOf(input: {
  readonly proposedBy: readonly string[];
  readonly commits: readonly WrittenCommit[];
  readonly snapshot: PolicySnapshot;
}): ReadonlySet<PersonHandle> {
  const { snapshot } = input;
  const byId = new Map([...snapshot.people].map(([handle, person]) => [person.value.githubId, handle]));
  // Whose acceptance could count: nobody else's authorship matters here, however many people there are.
  const maintainers = snapshot.trustRoot.value.policyMaintainers.members.flatMap((name) => {
    const handle = parsePersonHandle(name);
    const keys = snapshot.people.get(handle)?.value.approvalKeys.map((key) => key.publicKey) ?? [];
    return keys.length === 0 ? [] : [{ handle, keys }];
  });
  const authors = new Set<PersonHandle>();
  const add = (id: string | undefined): void => {
    const handle = id === undefined ? undefined : byId.get(id);
    if (handle !== undefined) authors.add(handle);
  };
  for (const id of input.proposedBy) add(id);
  for (const { commit, object, authorEmail } of input.commits) {
    for (const form of addresses) add(form.exec(authorEmail)?.[1]);
    const signature = signatureOf(commit, object);
    if (signature === null) continue;
    for (const { handle, keys } of maintainers) {
      if (verifySshSignature({ ...signature, namespace: 'git', allowedKeys: keys }).ok) authors.add(handle);
    }
  }
  return authors;
}

function signatureOf(
  commit: CommitSha,
  object: Uint8Array,
): { readonly armored: string; readonly message: Uint8Array } | null {
  try {
    const { signature, signedBytes } = parseGitCommit(object, commit.length === 40 ? 'sha1' : 'sha256');
    return signature === null ? null : { armored: signature, message: signedBytes };
  } catch (error) {
    if (isError(error, GitCommitError)) return null;
    throw error;
  }
}
