/** Token commands: authenticated by a signed statement instead of a session. */
import { judgeTokenCommand } from '#core/approval/index.ts';
import { identitiesOf } from '#core/policy/index.ts';
import { personOfAccount } from '../platform/auth/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { openRateLimit } from '../platform/rate-limit/index.ts';
import { createToken } from './create.ts';
import type { CreatedToken } from './create.ts';
import { ApiTokensError } from './error.ts';
import { listTokens } from './list.ts';
import type { TokenList } from './list.ts';
import { revokeToken } from './revoke.ts';
import { useStatement } from './use-statement.ts';

export type TokenCommandAnswer =
  | { readonly action: 'list'; readonly list: TokenList }
  | { readonly action: 'create'; readonly created: CreatedToken }
  | { readonly action: 'revoke'; readonly revoked: { readonly name: string } };

/** Per person and minute; unsigned commands cost no more than a check. */
const commands = openRateLimit({ name: 'token commands', points: 60, seconds: 60 });

/**
 * Does what a person of the accepted policy signed with one of their approval keys: for this portal, within five minutes, once.
 * The person may then do exactly what they may with a session.
 */
export async function runTokenCommand(call: {
  readonly ctx: Context;
  readonly input: { readonly statement: string; readonly signature: string };
}): Promise<TokenCommandAnswer> {
  const { ctx, input } = call;
  const snapshot = (await acceptedPolicy(ctx))?.snapshot;
  if (snapshot === undefined) {
    throw new ApiTokensError({
      code: 'NO_ACCEPTED_POLICY',
      message: 'The signer has accepted no policy yet, so nobody’s key counts.',
      fix: 'Try again in a minute; /readyz says what is missing.',
    });
  }
  const judged = judgeTokenCommand({
    ...input,
    people: Array.from(snapshot.people, ([handle, { value }]) => ({
      handle,
      keys: value.approvalKeys.map((key) => key.publicKey),
    })),
    audience: new URL(ctx.config.publicUrl).origin,
    now: ctx.now(),
  });
  if (!judged.ok) {
    throw new ApiTokensError({
      code: 'TOKEN_COMMAND_NOT_VALID',
      message: `This signed command does not count: ${judged.reason}.`,
      fix: 'Sign with an SSH key that people/<handle>.yaml of the policy lists for you, and name the portal by its own address (--url).',
    });
  }
  const { command, handle } = judged;
  await commands.count(ctx.db, handle);
  const named = snapshot.people.get(handle)?.value;
  const person = named === undefined ? null : personOfAccount(snapshot, identitiesOf(named)[0], false);
  if (person === null) throw new TypeError(`the snapshot lost ${handle}`);
  const word = { statement: input.statement };
  const signed: Context = { ...ctx, actor: person };
  const { project } = command;
  switch (command.action) {
    case 'list': {
      const list = await listTokens({ ctx: signed, input: { project } });
      await ctx.db.$transaction((transaction) => useStatement(transaction, word, ctx.now()));
      return { action: 'list', list };
    }
    case 'create': {
      const { name, policies, days, nonce: id } = command;
      const created = await createToken({ ctx: signed, word, input: { project, name, policies, days, id } });
      return { action: 'create', created };
    }
    case 'revoke': {
      const { token: id, reason } = command;
      return {
        action: 'revoke',
        revoked: await revokeToken({ ctx: signed, word, input: { project, id, reason } }),
      };
    }
  }
}
