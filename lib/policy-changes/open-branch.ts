import type { PullRequest } from '../platform/git-host/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { authoriseFiles } from './authorise.ts';
import { checkChange } from './check.ts';
import { onHost } from './error.ts';
import { accountOf, hostFor, personOf, policyInForce } from './host.ts';
import { parseProposalText } from './proposal.ts';
import type { ProposalText } from './proposal.ts';
import { recordProposal } from './propose.ts';

/** A pushed branch becomes a change. The person who opens it is responsible for it, as if it were their own. */
export async function openBranch(call: {
  readonly ctx: Context;
  readonly input: ProposalText & { readonly branch: string };
}): Promise<PullRequest> {
  const { ctx, input } = call;
  const person = personOf(ctx);
  const text = parseProposalText(input);
  const host = hostFor(ctx, accountOf(ctx));
  const pull = await onHost(async () => {
    const [main, head] = await Promise.all([host.branchHead(host.mainBranch), host.branchHead(input.branch)]);
    if (main !== null && head !== null) {
      const { files } = await host.compare({ base: main, head });
      authoriseFiles(
        person,
        files.flatMap((file) => (file.previousPath === null ? [file.path] : [file.path, file.previousPath])),
        (await policyInForce(ctx)).files,
      );
    }
    return host.openPullRequest({
      branch: input.branch,
      base: host.mainBranch,
      title: text.title,
      body: text.description,
    });
  });
  await recordProposal(ctx, accountOf(ctx), pull);
  await checkChange({ ctx, input: { number: pull.number } });
  return pull;
}
