import type { CommitSha } from '#core/ids/index.ts';
import { recordEvent } from '../audit/index.ts';
import { FieldReader } from '../platform/http/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { authoriseMaintainer } from './authorise.ts';
import { onHost, PolicyChangesError } from './error.ts';
import { accountOf, hostFor, personOf } from './host.ts';
import { forget } from './recently.ts';

const bodyCharactersMax = 10_000;

/**
 * An objection (which stops the merge until its writer comments without it or signs) or a comment. Acceptance is a separate
 * verb, because it needs a signature. On GitHub people review on GitHub, under their own names.
 */
export async function reviewChange(call: {
  readonly ctx: Context;
  readonly input: {
    readonly number: number;
    readonly head: CommitSha;
    readonly state: 'changes_requested' | 'commented' | 'withdrawn';
    readonly body: string;
  };
}): Promise<void> {
  const { ctx, input } = call;
  const person = personOf(ctx);
  if (input.state !== 'commented') authoriseMaintainer(person);
  const reader = new FieldReader();
  const body = reader.text('body', input.body, {
    label: 'What you think',
    lines: true,
    charactersMax: bodyCharactersMax,
    optional: input.state === 'withdrawn',
    missing: 'say it, and why',
  });
  const [problem] = reader.problems;
  if (problem !== undefined) {
    throw new PolicyChangesError({
      code: 'CHANGE_INVALID',
      message: problem.message,
      fields: reader.problems,
      fix: 'Correct it and send it again.',
    });
  }
  const host = hostFor(ctx, accountOf(ctx));
  const { submitReview } = host;
  if (submitReview === null) {
    throw new PolicyChangesError({
      code: 'CHANGE_INVALID',
      message: 'Reviews of this policy repository are written on its Git host.',
      fix: 'Open the pull request there and review it.',
    });
  }
  await onHost(() =>
    submitReview({
      number: input.number,
      state: input.state === 'withdrawn' ? 'dismissed' : input.state,
      commit: input.head,
      body,
    }),
  );
  await forget(ctx);
  await ctx.db.$transaction((transaction) =>
    recordEvent(transaction, ctx, {
      action: 'policy-change.reviewed',
      subject: `policy-change:${input.number}`,
      detail: { state: input.state },
    }),
  );
}
