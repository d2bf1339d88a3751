import { fail, info, pass } from '../finding/index.ts';
import type { Checked, Finding, PolicyLocation } from '../finding/index.ts';
import type { CommitSha, PersonHandle } from '../ids/index.ts';
import {
  SshSignatureError,
  parseSshPublicKeyLine,
  splitSshSignatures,
  verifySshSignature,
} from '../sshsig/index.ts';
import type { Approver } from './approver-keys.ts';
import { GitCommitError, gitCommitName, parseGitCommit } from './git-commit.ts';
import type { GitCommit } from './git-commit.ts';
import { policyAcceptanceStatement, policyNamespace } from './statement.ts';

declare const verified: unique symbol;
/** Proof that a threshold of policy maintainers stands behind a commit; made only by verifyPolicyCommit. */
export interface VerifiedPolicyCommit {
  readonly [verified]: true;
  readonly commit: CommitSha;
  readonly tree: CommitSha;
  readonly parents: readonly CommitSha[];
  readonly signers: readonly PersonHandle[];
}

export interface VerifyPolicyCommitInput {
  readonly commit: CommitSha;
  /** The raw commit object, as `git cat-file commit` prints it. */
  readonly commitObject: Uint8Array;
  /** Texts of armored SSHSIGs over policyAcceptanceStatement(commit); one text may hold several. */
  readonly notes: readonly string[];
  /** Policy maintainers of the last accepted snapshot, never of the commit under test. */
  readonly maintainers: readonly Approver[];
  readonly threshold: number;
  /** Line of the last accepted snapshot that sets the threshold. */
  readonly policy?: PolicyLocation | null;
}

const notesMax = 64;
const coSignaturesMax = 256;

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
  const consider = (what: string, armored: string, message: Uint8Array, namespace: string): void => {
    const allowedKeys = input.maintainers.flatMap((one) => one.keys);
    const result = verifySshSignature({ armored, message, namespace, allowedKeys });
    const reason = result.ok ? null : result.reason;
    const owners = result.ok ? ownersOf(input.maintainers, result.key.fingerprint) : [];
    const [owner, ...others] = owners;
    if (owner === undefined || others.length > 0) {
      const why = reason ?? `its key is listed for ${owners.join(' and ')}`;
      findings.push(info({ rule, message: `${what} doesn't count: ${why}.`, policy }));
      return;
    }
    signers.add(owner);
    findings.push(pass({ rule, message: `${what} is by policy maintainer ${owner}.`, found: owner, policy }));
  };
  if (commit.signature !== null)
    consider("The commit's signature", commit.signature, commit.signedBytes, 'git');
  const acceptance = new TextEncoder().encode(policyAcceptanceStatement(input.commit));
  const coSignatures = input.notes.slice(0, notesMax).flatMap(readNote).slice(0, coSignaturesMax);
  for (const armored of coSignatures) consider('A co-signature', armored, acceptance, policyNamespace);
  return { signers: [...signers], findings };
}

/** A note that is no list of signatures holds none: anybody with push rights can write one. */
function readNote(note: string): readonly string[] {
  try {
    return splitSshSignatures(note);
  } catch (error) {
    if (error instanceof SshSignatureError) return [note];
    throw error;
  }
}

function ownersOf(maintainers: readonly Approver[], fingerprint: string): readonly PersonHandle[] {
  return maintainers
    .filter((one) => one.keys.some((line) => parseSshPublicKeyLine(line).fingerprint === fingerprint))
    .map((one) => one.handle);
}

function thresholdFinding(
  input: VerifyPolicyCommitInput,
  signers: readonly PersonHandle[],
  policy: PolicyLocation | null,
): Finding {
  const { threshold } = input;
  const rule = 'snapshot.threshold';
  const expected = `${threshold} of ${input.maintainers.map((one) => one.handle).join(', ')}`;
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
