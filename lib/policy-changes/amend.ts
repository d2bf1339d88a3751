import type { FileChange } from '../platform/git-host/index.ts';
import { recordEvent } from '../audit/index.ts';
import { isOwn } from '../platform/auth/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { authoriseFiles } from './authorise.ts';
import { checkChange } from './check.ts';
import { projectsConcerned } from './concerned.ts';
import { checkDraft } from './draft.ts';
import { onHost, PolicyChangesError } from './error.ts';
import { accountOf, hostFor, personOf, policyInForce } from './host.ts';
import { proposerOf, readChange } from './read.ts';
import { invalid, parseFileChanges, parseProposalText, commitMessage } from './proposal.ts';

/** One more commit on an open change. Signatures were over the head before: they have to be given again. */
export async function amendChange(call: {
  readonly ctx: Context;
  readonly input: {
    readonly number: number;
    readonly expectedHead: CommitSha;
    readonly message: string;
    readonly changes: readonly FileChange[];
  };
}): Promise<void> {
  const { ctx, input } = call;
  const person = personOf(ctx);
  const changes = parseFileChanges(input.changes);
  const paths = changes.map((change) => change.path);
  authoriseFiles(person, paths, (await policyInForce(ctx)).files);
  const host = hostFor(ctx, accountOf(ctx));
  const pull = await onHost(() => host.pullRequest(input.number));
  const proposal = await ctx.db.policyProposal.findUnique({ where: { number: input.number } });
  if (!person.roles.policyMaintainer && !isOwn(person, proposerOf(pull, proposal))) {
    throw new PolicyChangesError({
      code: 'NOT_ALLOWED',
      message: 'Only whoever proposed a change, and policy maintainers, add to it.',
      fix: 'Propose a change of your own, or object to this one and say why.',
    });
  }
  if (pull.state !== 'open') throw invalid(`Change ${input.number} is ${pull.state}.`, 'Propose a new one.');
  const draft = await checkDraft({ ctx, input: { changes, number: input.number } });
  // Another commit invalidates all signatures: somebody whom the change removes must not be able to delay it that way.
  const required = (await readChange({ ctx, input: { number: input.number } })).assessment.required;
  if (required?.leaving.includes(person.handle) === true) {
    throw new PolicyChangesError({
      code: 'NOT_ALLOWED',
      message: 'Nobody changes what is about their own leaving.',
      fix: 'Comment on it, or talk to the other policy maintainers.',
    });
  }
  if (draft.problems.length > 0) {
    throw invalid('This would be no valid policy.', 'Correct what is listed, then send it again.');
  }
  if (draft.unchanged) throw invalid('Nothing is changed.', 'Change something first.');
  const text = parseProposalText({ title: input.message, description: '' });
  await onHost(() =>
    host.addCommit({
      branch: pull.head.branch,
      expectedHead: input.expectedHead,
      message: commitMessage(text, accountOf(ctx)),
      changes,
    }),
  );
  await ctx.db.$transaction((transaction) =>
    recordEvent(transaction, ctx, {
      action: 'policy-change.amended',
      subject: `policy-change:${input.number}`,
      detail: {
        files: changes
          .map((change) => change.path)
          .join(', ')
          .slice(0, 1000),
        projects: projectsConcerned(changes).join(' '),
      },
    }),
  );
  await checkChange({ ctx, input: { number: input.number } });
}
