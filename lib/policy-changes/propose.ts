import { isError } from '#core/error/index.ts';
import { GitHostError } from '../platform/git-host/index.ts';
import type { Account, FileChange, PullRequest } from '../platform/git-host/index.ts';
import { recordEvent } from '../audit/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { authoriseFiles } from './authorise.ts';
import { checkChange } from './check.ts';
import { projectsConcerned } from './concerned.ts';
import { assessDraft } from './draft.ts';
import { onHost, PolicyChangesError } from './error.ts';
import { accountOf, hostFor, personOf, policyInForce, portalAccount } from './host.ts';
import { branchOf, commitMessage, invalid, parseFileChanges, parseProposalText } from './proposal.ts';
import type { ProposalText } from './proposal.ts';

/**
 * Proposes a change: one commit on a branch of its own, and a pull request. It has no effect by itself. A proposal that is not
 * a valid policy isn't created: it can still be shared by pushing a branch with git.
 */
export async function proposeChange(call: {
  readonly ctx: Context;
  readonly input: ProposalText & {
    readonly changes: readonly FileChange[];
    /** The policy in force when the writer began; if it has changed since, the proposal has to be reviewed again. */
    readonly base: CommitSha;
  };
}): Promise<PullRequest> {
  const { ctx, input } = call;
  const person = personOf(ctx);
  const text = parseProposalText(input);
  const changes = parseFileChanges(input.changes);
  const { files } = await policyInForce(ctx);
  const paths = changes.map((change) => change.path);
  authoriseFiles(person, paths, files);
  return makeProposal(ctx, accountOf(ctx), { text, changes, base: input.base });
}

/**
 * A change that nobody in particular proposes: what follows from a decision of the foundation. It is the portal's own,
 * so that every policy maintainer may sign it.
 */
export async function proposeForFoundation(call: {
  readonly ctx: Context;
  readonly input: ProposalText & { readonly changes: readonly FileChange[]; readonly base: CommitSha };
}): Promise<PullRequest> {
  const { ctx, input } = call;
  if (ctx.actor.kind !== 'operator') {
    throw new PolicyChangesError({
      code: 'NOT_ALLOWED',
      message: 'Only the portal itself proposes in the foundation’s name.',
      fix: 'Propose the change in your own name.',
    });
  }
  const text = parseProposalText(input);
  return makeProposal(ctx, portalAccount, {
    text,
    changes: parseFileChanges(input.changes),
    base: input.base,
  });
}

async function makeProposal(
  ctx: Context,
  account: Account,
  input: { readonly text: ProposalText; readonly changes: readonly FileChange[]; readonly base: CommitSha },
): Promise<PullRequest> {
  const { text, changes } = input;
  const accepted = await policyInForce(ctx);
  const host = hostFor(ctx, account);
  const main = await onHost(() => host.branchHead(host.mainBranch));
  if (accepted.commit !== input.base || main !== accepted.commit) {
    throw new PolicyChangesError({
      code: 'CHANGED_MEANWHILE',
      message: 'The policy has changed since you began.',
      fix: 'What you wrote is below. Compare it with the policy as it is now, then send it again.',
    });
  }
  const draft = await assessDraft({ ctx, input: { changes, number: null } });
  if (draft.problems.length > 0) {
    throw invalid(
      `This would be no valid policy: ${draft.problems.length === 1 ? 'one problem' : `${draft.problems.length} problems`}.`,
      'Correct what is listed, then send it again.',
    );
  }
  if (draft.unchanged)
    throw invalid('Nothing is changed: this is what is in force.', 'Change something first.');
  const branch = branchOf({ handle: account.login, base: input.base, text, changes });
  const pull = await onHost(async () => {
    const commit = { branch, base: input.base, message: commitMessage(text, account), changes };
    // If the same proposal is sent twice concurrently, the second finds the branch of the first.
    await host.createBranch(commit).catch((error: unknown) => {
      if (isError(error, GitHostError) && error.code === 'CONFLICT') return host.createBranch(commit);
      throw error;
    });
    return host.openPullRequest({ branch, base: host.mainBranch, title: text.title, body: text.description });
  });
  await recordProposal(ctx, account, pull, projectsConcerned(changes));
  await checkChange({ ctx, input: { number: pull.number } });
  return pull;
}

/** The portal records who proposed it: on GitHub the pull request belongs to the app. The first record stands. */
export async function recordProposal(
  ctx: Context,
  account: Account,
  pull: PullRequest,
  projects: readonly string[] = [],
): Promise<void> {
  await ctx.db.$transaction(async (transaction) => {
    const known = await transaction.policyProposal.findUnique({ where: { number: pull.number } });
    if (known !== null) return;
    const data = {
      number: pull.number,
      authorHost: account.host,
      authorId: account.id,
      authorLogin: account.login,
      createdAt: ctx.now(),
    };
    // Sent twice at once: `skipDuplicates` leaves the first, and the second has nothing to record.
    const { count } = await transaction.policyProposal.createMany({ data, skipDuplicates: true });
    if (count === 0) return;
    await recordEvent(transaction, ctx, {
      action: 'policy-change.proposed',
      subject: `policy-change:${pull.number}`,
      detail: { branch: pull.head.branch, commit: pull.head.commit, projects: projects.join(' ') },
    });
  });
}
