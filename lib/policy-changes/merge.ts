import type { CommitSha, PersonHandle } from '#core/ids/index.ts';
import { recordEvent } from '../audit/index.ts';
import { isOwn } from '../platform/auth/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { checkChange } from './check.ts';
import { onHost, PolicyChangesError } from './error.ts';
import { hostFor, personOf } from './host.ts';
import { invalid } from './proposal.ts';
import { readChange } from './read.ts';
import type { ChangeDetail } from './read.ts';
import { forget } from './recently.ts';

interface Call {
  readonly ctx: Context;
  readonly input: {
    readonly number: number;
    /** The head that was reviewed. */
    readonly head: CommitSha;
  };
}

/**
 * Moves the main branch to the signed head, so that the very commit that people signed becomes the newest. The signer then
 * counts the signatures itself: if the portal was wrong, or compromised, the commit isn't accepted.
 */
export async function mergeChange(
  call: Call & { readonly input: { readonly guardsSeen: boolean } },
): Promise<void> {
  const { ctx, input } = call;
  const person = personOf(ctx);
  const detail = await readAt(call);
  const { pull } = detail;
  if (pull.state === 'merged') return;
  if (!person.roles.policyMaintainer && !isOwn(person, detail.proposer)) {
    throw new PolicyChangesError({
      code: 'NOT_ALLOWED',
      message: 'Only policy maintainers and whoever proposed a change merge it.',
      fix: 'Ask one of them.',
    });
  }
  const missing = detail.conditions.find((condition) => !condition.met);
  if (missing !== undefined || !detail.ready) {
    throw new PolicyChangesError({
      code: 'NOT_READY',
      message: missing?.message ?? `Change ${input.number} is ${pull.state}.`,
      fix: missing?.fix ?? 'Propose a new one.',
    });
  }
  const guards = detail.assessment.plan?.guards ?? [];
  if (guards.length > 0 && !input.guardsSeen) {
    throw new PolicyChangesError({
      code: 'NOT_READY',
      message: guards[0]?.message ?? 'A guard asks for a second look.',
      fix: 'Read what the guards say, and confirm that the change is intended.',
    });
  }
  const commit = await onHost(() =>
    hostFor(ctx).merge({
      number: input.number,
      expectedHead: input.head,
      expectedBase: detail.accepted,
      method: 'fast-forward',
      title: pull.title,
    }),
  );
  await record(ctx, 'policy-change.merged', input.number, { commit });
  // Only a hint: the signer checks every few seconds anyway, and always decides itself.
  await ctx.queue.followPolicy().catch(() => undefined);
}

/** Brings the branch up to date with the policy in force. The head changes, and with it what was signed. */
export async function updateChange({ ctx, input }: Call): Promise<void> {
  authoriseParty(ctx, await readAt({ ctx, input }), 'bring it up to date');
  const host = hostFor(ctx);
  await onHost(async () => {
    const base = await host.branchHead(host.mainBranch);
    if (base === null) throw invalid('There is no main branch.', 'Ask the operators of the Git host.');
    await host.updateBranch({ number: input.number, expectedHead: input.head, expectedBase: base });
  });
  await record(ctx, 'policy-change.updated', input.number, {});
  await checkChange({ ctx, input });
}

/** Ends a change without merging it. Its branch stays, so that nothing is lost. */
export async function closeChange({ ctx, input }: Call): Promise<void> {
  authoriseParty(ctx, await readAt({ ctx, input }), 'close it');
  await onHost(() => hostFor(ctx).closePullRequest(input.number));
  await record(ctx, 'policy-change.closed', input.number, {});
}

async function readAt({ ctx, input }: Call): Promise<ChangeDetail> {
  const detail = await readChange({ ctx, input });
  if (detail.pull.head.commit === input.head) return detail;
  throw new PolicyChangesError({
    code: 'CHANGED_MEANWHILE',
    message: 'The change was changed after this page was shown.',
    fix: 'Check its current state, then decide again.',
  });
}

function authoriseParty(ctx: Context, detail: ChangeDetail, what: string): void {
  const person = personOf(ctx);
  if (isOwn(person, detail.proposer)) return;
  if (person.roles.policyMaintainer && !isLeaving(detail, person.handle)) return;
  throw new PolicyChangesError({
    code: 'NOT_ALLOWED',
    message: `Only policy maintainers whom it doesn’t remove, and the person who proposed a change, can ${what}.`,
    fix: 'Ask one of them.',
  });
}

/** A policy maintainer whom the change removes can't close it. */
function isLeaving({ assessment }: Pick<ChangeDetail, 'assessment'>, handle: PersonHandle): boolean {
  return assessment.required?.leaving.includes(handle) === true;
}

async function record(
  ctx: Context,
  action: 'policy-change.merged' | 'policy-change.updated' | 'policy-change.closed',
  number: number,
  detail: Readonly<Record<string, string>>,
): Promise<void> {
  await forget(ctx);
  await ctx.db.$transaction((transaction) =>
    recordEvent(transaction, ctx, { action, subject: `policy-change:${number}`, detail }),
  );
}
