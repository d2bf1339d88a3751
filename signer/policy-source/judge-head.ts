/**
 * Whether the newest commit of the remote may follow the accepted one. Its contents are read only once maintainers
 * have signed it.
 */
import { verifyPolicyCommit } from '#core/approval/index.ts';
import { failures } from '#core/wire/finding/index.ts';
import type { CommitSha, PersonHandle } from '#core/ids/index.ts';
import { countSignatures, writersOf, type Writers } from '#core/policy/acceptance/index.ts';
import { expulsionSignaturesMin, requiredSignatures } from '#core/policy/plan/index.ts';
import { ableMaintainers, type PolicySnapshot } from '#core/policy/index.ts';
import { dateOf, dateProblem } from './date.ts';
import {
  hasCommit,
  hasHistoryWithout,
  haveSameFiles,
  isAncestor,
  readCommitObject,
  readCommitsBetween,
  readNotes,
} from './read-clone.ts';
import { TreeRefusedError, type PolicyClone } from './run-git.ts';
import { SnapshotRefused } from './snapshots.ts';

/**
 * rewritten: the branch was rewound or its history replaced. unsigned: too few policy maintainers have signed yet.
 * invalid: it isn't a valid policy, or has an impossible date.
 */
export type HeadProblem = 'rewritten' | 'unsigned' | 'invalid';

export type HeadVerdict =
  | { readonly ok: true; readonly signers: readonly PersonHandle[] }
  | { readonly ok: false; readonly problem: HeadProblem; readonly reason: string };

interface Judged {
  readonly clone: PolicyClone;
  readonly accepted: CommitSha;
  readonly head: CommitSha;
  readonly now: Date;
  readonly load: (commit: CommitSha) => Promise<PolicySnapshot>;
  /** What was in force some days ago, for the guards. */
  readonly earlier: () => Promise<PolicySnapshot>;
}

/** Throws GitError where the clone can't be read, which decides nothing. */
export async function judgeHead({ clone, accepted, head, now, load, earlier }: Judged): Promise<HeadVerdict> {
  if (await hasHistoryWithout(clone, accepted, head)) return rewritten(clone, accepted, head);
  // Outside the try: the new commit isn't at fault if the policy in force can't be read.
  const inForce = await load(accepted);
  try {
    const vouched = await signersOf(clone, head, inForce);
    if (!vouched.ok) return vouched;
    const { signers } = vouched;
    const problem = dateProblem(await dateOf(clone, head), await dateOf(clone, accepted), now);
    if (problem !== null) return { ok: false, problem: 'invalid', reason: problem };
    const required = requiredSignatures(inForce, await load(head), await earlier());
    const writers = await writersBetween(clone, accepted, head, inForce);
    const count = countSignatures({ required, signers, writers, snapshot: inForce });
    if (count.enough) return { ok: true, signers: count.counted };
    const { needed, counted, leaving, able } = count;
    const sentences = [
      `${counted.length} of ${needed} policy maintainers signed this commit.`,
      ...(leaving.length === 0
        ? []
        : [`It removes ${leaving.join(', ')}, so their signatures do not count.`]),
      `It takes ${needed}, because: ${count.reasons.join(' ')}`,
      ...(able.length < needed ? [`Only ${able.length} could: add policy maintainers first.`] : []),
    ];
    return { ok: false, problem: 'unsigned', reason: sentences.join(' ') };
  } catch (error) {
    if (error instanceof SnapshotRefused) return { ok: false, problem: 'invalid', reason: error.message };
    if (error instanceof TreeRefusedError) {
      return { ok: false, problem: 'invalid', reason: error.message };
    }
    throw error;
  }
}

async function rewritten(clone: PolicyClone, accepted: CommitSha, head: CommitSha): Promise<HeadVerdict> {
  // A clone that was lost and fetched again may no longer have the accepted commit.
  const rewound = (await hasCommit(clone, accepted)) && (await isAncestor(clone, head, accepted));
  const what = rewound
    ? `history was rewritten: the branch was set back to ${head}, which is older than the accepted commit ${accepted}`
    : `history was rewritten: ${head} does not descend from the accepted commit ${accepted}`;
  return {
    ok: false,
    problem: 'rewritten',
    reason: `${what}. The accepted commit stays in force; put the branch back, and find out who moved it.`,
  };
}

/**
 * Who signed: at least as many as any change needs. Maintainers and keys are those in force, never those of the
 * commit under test. Where every change needs everybody, all but one: the change may remove that one, and the number
 * needed is counted later.
 */
async function signersOf(clone: PolicyClone, head: CommitSha, inForce: PolicySnapshot): Promise<HeadVerdict> {
  const { trustRoot, people } = inForce;
  const { members, threshold } = trustRoot.value.policyMaintainers;
  const withoutOne = Math.max(ableMaintainers(inForce).length - 1, expulsionSignaturesMin);
  const verified = verifyPolicyCommit({
    commit: head,
    commitObject: await readCommitObject(clone, head),
    notes: await readNotes(clone, head),
    maintainers: [...people]
      .filter(([handle]) => members.includes(handle))
      .map(([handle, person]) => ({ handle, keys: person.value.approvalKeys.map((key) => key.publicKey) })),
    threshold: Math.min(threshold, withoutOne),
    policy: trustRoot.locate(['policyMaintainers', 'threshold']),
  });
  if (verified.ok) return { ok: true, signers: verified.value.signers };
  const reason = failures(verified.findings)
    .map((finding) => `${finding.message} ${finding.fix ?? ''}`.trim())
    .join(' ');
  return { ok: false, problem: 'unsigned', reason };
}

async function writersBetween(
  clone: PolicyClone,
  accepted: CommitSha,
  head: CommitSha,
  inForce: PolicySnapshot,
): Promise<readonly Writers[]> {
  // A commit that only renews the date leaves nothing for anybody to have written.
  if (await haveSameFiles(clone, accepted, head)) return [];
  const commits = await readCommitsBetween(clone, accepted, head);
  if (commits === null) return [{ commit: head, handles: new Set(), proven: false }];
  return writersOf(commits, inForce);
}
