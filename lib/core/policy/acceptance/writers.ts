/** Who wrote the commits of a change, as far as the commits say. */
import { isError } from '../../error/index.ts';
import { GitCommitError, parseGitCommit } from '../../approval/index.ts';
import type { GitCommit } from '../../approval/index.ts';
import type { CommitSha, PersonHandle } from '../../ids/index.ts';
import { identityText } from '../../identity/index.ts';
import { identitiesOf } from '../identities.ts';
import type { PolicySnapshot } from '../index.ts';
import { parseSshSignature, SshSignatureError, verifySshSignature } from '../../pki/sshsig/index.ts';
import { identityOfAddress, proposersIn } from './address.ts';

export interface WrittenCommit {
  readonly commit: CommitSha;
  /** The raw commit object. */
  readonly object: Uint8Array;
}

export interface Writers {
  readonly commit: CommitSha;
  /** People of the policy in force whom it names, or whose key signed it. */
  readonly handles: ReadonlySet<PersonHandle>;
  /** Whether the key of somebody whom the policy knows signed it; else whoever could make a commit may have written it. */
  readonly proven: boolean;
}

/**
 * Commits → the writers of each. A signature in a commit tells who made it for certain; author, committer and
 * `Proposed-by` are its maker's word: they add people, and prove nothing.
 */
export function writersOf(commits: readonly WrittenCommit[], snapshot: PolicySnapshot): readonly Writers[] {
  const byAccount = new Map(
    [...snapshot.people].flatMap(([handle, person]) =>
      identitiesOf(person.value).map((identity) => [identityText(identity), handle] as const),
    ),
  );
  return commits.map(({ commit, object }) => {
    const parsed = parse(commit, object);
    if (parsed === null) return { commit, handles: new Set(), proven: false };
    const { author, committer, message } = parsed;
    const accounts = [author.email, committer.email]
      .flatMap((email) => identityOfAddress(email) ?? [])
      .concat(proposersIn(message));
    const handles = new Set(accounts.flatMap((account) => byAccount.get(identityText(account)) ?? []));
    const signers = signersOf(parsed, snapshot);
    for (const handle of signers) handles.add(handle);
    return { commit, handles, proven: signers.length > 0 };
  });
}

function parse(commit: CommitSha, object: Uint8Array): GitCommit | null {
  try {
    return parseGitCommit(object, commit.length === 40 ? 'sha1' : 'sha256');
  } catch (error) {
    if (isError(error, GitCommitError)) return null;
    throw error;
  }
}

/** Whose key made the signature in the commit. Only keys that it names are considered, however many people there are. */
function signersOf({ signature, signedBytes }: GitCommit, snapshot: PolicySnapshot): readonly PersonHandle[] {
  const named = signature === null ? null : keyNamedIn(signature);
  if (signature === null || named === null) return [];
  return [...snapshot.people].flatMap(([handle, person]) =>
    person.value.approvalKeys
      .map((key) => key.publicKey)
      .filter((line) => line.split(' ', 2)[1] === named)
      .filter(
        (line) =>
          verifySshSignature({
            armored: signature,
            message: signedBytes,
            namespace: 'git',
            allowedKeys: [line],
          }).ok,
      )
      .map(() => handle),
  );
}

/** The base64 of the public key inside an armored signature. */
function keyNamedIn(armored: string): string | null {
  try {
    return Buffer.from(parseSshSignature(armored).publicKey.blob).toString('base64');
  } catch (error) {
    if (isError(error, SshSignatureError)) return null;
    throw error;
  }
}
