import { fail, info, pass } from '../wire/finding/index.ts';
import type { Checked, Finding, PolicyLocation } from '../wire/finding/index.ts';
import type { CommitSha, PersonHandle } from '../ids/index.ts';
import {
  findSshSignatures,
  parseSshPublicKeyLine,
  parseSshSignature,
  SshSignatureError,
  verifySshSignature,
} from '../pki/sshsig/index.ts';
import type { Approver } from './approver-keys.ts';
import { GitCommitError, gitCommitName, parseGitCommit } from './git-commit.ts';
import type { GitCommit } from './git-commit.ts';
import { policyAcceptanceStatement, policyNamespace } from './statement.ts';

declare class Verified {
  readonly #proof: true;
}
/** Proof that a threshold of policy maintainers signed a commit; made only by verifyPolicyCommit. */
export interface VerifiedPolicyCommit extends Verified {
  readonly commit: CommitSha;
  readonly tree: CommitSha;
  readonly parents: readonly CommitSha[];
  readonly signers: readonly PersonHandle[];
}

export interface VerifyPolicyCommitInput {
  readonly commit: CommitSha;
  /** The raw commit object, as `git cat-file commit` prints it. */
  readonly commitObject: Uint8Array;
  /**
   * Texts with armored SSHSIGs over policyAcceptanceStatement(commit). Anybody may have written them: what isn't a
   * maintainer's signature is ignored.
   */
  readonly notes: readonly string[];
  /** Policy maintainers of the last accepted snapshot, never of the commit under test. */
  readonly maintainers: readonly Approver[];
  readonly threshold: number;
  /** Line of the last accepted snapshot that sets the threshold. */
  readonly policy?: PolicyLocation | null;
}

const notesMax = 64;
const noteCharactersMax = 1024 * 1024;
/** At most this many signatures that don't count are reported. */
const othersShownMax = 20;

/**
 * Counts the policy maintainers who signed a commit: by signing the commit itself (git's `gpgsig`, SSH format)
 * or by signing its name. Each person counts once. Signatures that don't count are reported and change nothing.
 */
export function verifyPolicyCommit(input: VerifyPolicyCommitInput): Checked<VerifiedPolicyCommit> {
  const policy = input.policy ?? null;
  const rule = 'snapshot.commit';
  const hash = input.commit.length === 40 ? 'sha1' : 'sha256';
  const name = gitCommitName(input.commitObject, hash);
  if (name !== input.commit) {
    const message = 'The commit object is not the one it is named after.';
    const fix = 'Fetch the policy repository again; its host served altered data.';
    return { ok: false, findings: [fail({ rule, message, expected: input.commit, found: name, fix })] };
  }
  let commit: GitCommit;
  try {
    commit = parseGitCommit(input.commitObject, hash);
  } catch (error) {
    if (!(error instanceof GitCommitError)) throw error;
    const fix = 'Make the change again as a new commit with an unmodified git.';
    const message = `The policy commit can't be read: ${error.message}.`;
    return { ok: false, findings: [fail({ rule, message, found: name, fix })] };
  }
  const read = pass({ rule, message: 'The commit object is the one it is named after.', found: name });
  const { signers, findings } = collectSigners(input, commit, policy);
  const enough = thresholdFinding(input, signers, policy);
  const all = [read, ...findings, enough];
  if (enough.outcome === 'fail') return { ok: false, findings: all };
  const { tree, parents } = commit;
  const value = { commit: name, tree, parents, signers } as unknown as VerifiedPolicyCommit;
  return { ok: true, value, findings: all };
}

function collectSigners(input: VerifyPolicyCommitInput, commit: GitCommit, policy: PolicyLocation | null) {
  const findings: Finding[] = [];
  const signers = new Set<PersonHandle>();
  const rule = 'snapshot.signature';
  const listed = listedKeys(input.maintainers);
  let others = 0;
  const consider = (what: string, armored: string, message: Uint8Array, namespace: string): void => {
    const judged = judge(listed, armored, message, namespace);
    if ('owner' in judged) {
      const { owner } = judged;
      // A signature may occur many times; each person counts once.
      if (signers.has(owner)) return;
      signers.add(owner);
      const text = `${what} is by policy maintainer ${owner}.`;
      findings.push(pass({ rule, message: text, found: owner, policy }));
      return;
    }
    others += 1;
    if (others <= othersShownMax)
      findings.push(info({ rule, message: `${what} doesn't count: ${judged.reason}.`, policy }));
  };
  if (commit.signature !== null)
    consider("The commit's signature", commit.signature, commit.signedBytes, 'git');
  const acceptance = new TextEncoder().encode(policyAcceptanceStatement(input.commit));
  for (const note of input.notes.slice(0, notesMax)) {
    for (const armored of findSshSignatures(note, noteCharactersMax)) {
      consider('A co-signature', armored, acceptance, policyNamespace);
    }
  }
  if (others > othersShownMax) {
    const text = `${others - othersShownMax} more signatures don't count either.`;
    findings.push(info({ rule, message: text, policy }));
  }
  return { signers: [...signers], findings };
}

interface ListedKey {
  readonly line: string;
  readonly owners: readonly PersonHandle[];
}

/** Maintainers → their keys by fingerprint. */
function listedKeys(maintainers: readonly Approver[]): ReadonlyMap<string, ListedKey> {
  const listed = new Map<string, ListedKey>();
  for (const { handle, keys } of maintainers) {
    for (const line of keys) {
      const { fingerprint } = parseSshPublicKeyLine(line);
      listed.set(fingerprint, { line, owners: [...(listed.get(fingerprint)?.owners ?? []), handle] });
    }
  }
  return listed;
}

/** Only signatures that name a listed key are verified, so that any number of others costs little. */
function judge(
  listed: ReadonlyMap<string, ListedKey>,
  armored: string,
  message: Uint8Array,
  namespace: string,
): { readonly owner: PersonHandle } | { readonly reason: string } {
  let fingerprint: string;
  try {
    ({ fingerprint } = parseSshSignature(armored).publicKey);
  } catch (error) {
    if (error instanceof SshSignatureError) return { reason: error.message };
    throw error;
  }
  const key = listed.get(fingerprint);
  if (key === undefined) return { reason: `signed with key ${fingerprint}, which is not listed` };
  const [owner, ...others] = key.owners;
  if (owner === undefined || others.length > 0)
    return { reason: `its key is listed for ${key.owners.join(' and ')}` };
  const result = verifySshSignature({ armored, message, namespace, allowedKeys: [key.line] });
  return result.ok ? { owner } : { reason: result.reason };
}

function thresholdFinding(
  input: VerifyPolicyCommitInput,
  signers: readonly PersonHandle[],
  policy: PolicyLocation | null,
): Finding {
  const { threshold } = input;
  const rule = 'snapshot.threshold';
  const expected = `${threshold} of ${input.maintainers.map((maintainer) => maintainer.handle).join(', ')}`;
  const found = signers.length === 0 ? 'nobody' : signers.join(', ');
  const message = `${signers.length} of ${threshold} policy maintainers signed this commit.`;
  // A threshold under one would accept unsigned policies, whatever the file says.
  if (Number.isSafeInteger(threshold) && threshold >= 1 && signers.length >= threshold) {
    return pass({ rule, message, expected, found, policy });
  }
  const fix =
    'Sign the commit with an SSH key listed for a policy maintainer (git commit -S, gpg.format ssh), ' +
    'or add a co-signature over its name.';
  return fail({ rule, message, expected, found, fix, policy });
}
