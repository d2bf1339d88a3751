/** Whether the newest commit of the remote may follow the accepted one. What it holds is read only once people vouch for it. */
import { verifyPolicyCommit } from '../../lib/core/approval/index.ts';
import { failures } from '../../lib/core/finding/index.ts';
import type { CommitSha, PersonHandle } from '../../lib/core/ids/index.ts';
import { requiredSignatures } from '../../lib/core/policy-plan/index.ts';
import type { PolicySnapshot } from '../../lib/core/policy/index.ts';
import {
  GitError,
  hasCommit,
  hasHistoryWithout,
  isAncestor,
  readCommitObject,
  readSignatureNote,
  type PolicyClone,
} from './git.ts';
import { SnapshotRefused } from './snapshots.ts';

/**
 * rewritten: the branch was rewound or its history replaced. unsigned: too few policy maintainers have signed yet.
 * invalid: it is no policy.
 */
export type HeadProblem = 'rewritten' | 'unsigned' | 'invalid';

export type HeadVerdict =
  | { readonly ok: true; readonly signers: readonly PersonHandle[] }
  | { readonly ok: false; readonly problem: HeadProblem; readonly reason: string };

interface Judged {
  readonly clone: PolicyClone;
  readonly accepted: CommitSha;
  readonly head: CommitSha;
  readonly load: (commit: CommitSha) => Promise<PolicySnapshot>;
}

/** Throws GitError where the clone can't be read: that decides nothing. */
export async function judgeHead({ clone, accepted, head, load }: Judged): Promise<HeadVerdict> {
  if (await hasHistoryWithout(clone, accepted, head)) return rewritten(clone, accepted, head);
  // Outside the try: if the policy in force can't be read, that is no fault of the new commit.
  const inForce = await load(accepted);
  try {
    const first = await countSignatures(clone, head, inForce, threshold(inForce));
    if (!first.ok) return first;
    const { needed, reasons } = requiredSignatures(inForce, await load(head));
    if (needed <= threshold(inForce)) return first;
    const all = await countSignatures(clone, head, inForce, needed);
    if (all.ok) return all;
    return { ...all, reason: `${all.reason} It takes ${needed}, because: ${reasons.join(' ')}` };
  } catch (error) {
    if (error instanceof SnapshotRefused) return { ok: false, problem: 'invalid', reason: error.message };
    if (error instanceof GitError && error.code === 'GIT_TREE_REFUSED') {
      return { ok: false, problem: 'invalid', reason: error.message };
    }
    throw error;
  }
}

const threshold = ({ trustRoot }: PolicySnapshot): number => trustRoot.value.policyMaintainers.threshold;

async function rewritten(clone: PolicyClone, accepted: CommitSha, head: CommitSha): Promise<HeadVerdict> {
  // A clone that was lost and fetched anew doesn't have the accepted commit any more.
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

/** Maintainers and their keys are those of the snapshot in force, never of the commit under test. */
async function countSignatures(
  clone: PolicyClone,
  head: CommitSha,
  { trustRoot, people }: PolicySnapshot,
  needed: number,
): Promise<HeadVerdict> {
  const { members } = trustRoot.value.policyMaintainers;
  const verified = verifyPolicyCommit({
    commit: head,
    commitObject: await readCommitObject(clone, head),
    notes: [await readSignatureNote(clone, head)].filter((note) => note !== null),
    maintainers: [...people]
      .filter(([handle]) => members.includes(handle))
      .map(([handle, person]) => ({ handle, keys: person.value.approvalKeys.map((key) => key.publicKey) })),
    threshold: needed,
    policy: trustRoot.locate(['policyMaintainers', 'threshold']),
  });
  if (verified.ok) return { ok: true, signers: verified.value.signers };
  const reason = failures(verified.findings)
    .map((one) => `${one.message} ${one.fix ?? ''}`.trim())
    .join(' ');
  return { ok: false, problem: 'unsigned', reason };
}
