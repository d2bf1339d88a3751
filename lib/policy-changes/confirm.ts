import { randomUUID } from 'node:crypto';
import { recordEvent } from '../audit/index.ts';
import { proposedBy } from '#core/policy/acceptance/index.ts';
import { isError } from '#core/error/index.ts';
import { GitHostError } from '../platform/git-host/index.ts';
import type { PullRequest } from '../platform/git-host/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { authoriseMaintainer } from './authorise.ts';
import { checkChange } from './check.ts';
import { onHost, PolicyChangesError } from './error.ts';
import { hostFor, personOf, policyInForce, portalAccount } from './host.ts';
import { ownBranches } from './proposal.ts';
import { recordProposal } from './propose.ts';

/**
 * Proposes a commit that changes nothing: once policy maintainers have signed it, the policy in force has its date. The portal
 * is its author, so the person who requests it may sign it, stating by that: this is the newest policy I know of. Requested
 * twice on one day, it is created once.
 */
export async function confirmPolicy({ ctx }: { readonly ctx: Context }): Promise<PullRequest> {
  authoriseMaintainer(personOf(ctx));
  const accepted = await policyInForce(ctx);
  const host = hostFor(ctx);
  const main = await onHost(() => host.branchHead(host.mainBranch));
  if (main !== accepted.commit) {
    throw new PolicyChangesError({
      code: 'CHANGED_MEANWHILE',
      message: 'The main branch is not the policy in force, so there is a newer one to decide about first.',
      fix: 'Look under “Service state” why the signer has not accepted it.',
    });
  }
  const title = `Confirm the policy, ${ctx.now().toISOString().slice(0, 10)}`;
  const description = 'Only the date changes: everybody who signs this knows of no newer policy.';
  const branch = `${ownBranches}confirm-${ctx.now().toISOString().slice(0, 10)}-${accepted.commit.slice(0, 12)}`;
  const message = `${title}\n\n${description}\n\n${proposedBy(portalAccount)}\n`;
  const pull = await onHost(async () => {
    const commit = { base: accepted.commit, message, changes: [] };
    const open = async (name: string): Promise<PullRequest> => {
      await host.createBranch({ ...commit, branch: name });
      return host.openPullRequest({ branch: name, base: host.mainBranch, title, body: description });
    };
    // A guessable name could be taken: by a branch, or by one below it.
    return open(branch).catch((error: unknown) => {
      if (isError(error, GitHostError) && error.code === 'CONFLICT') return open(`${branch}-${randomUUID()}`);
      throw error;
    });
  });
  await recordProposal(ctx, portalAccount, pull);
  await ctx.db.$transaction((transaction) =>
    recordEvent(transaction, ctx, {
      action: 'policy-change.confirmation-asked',
      subject: `policy-change:${pull.number}`,
      detail: { commit: accepted.commit },
    }),
  );
  await checkChange({ ctx, input: { number: pull.number } });
  return pull;
}
