import { recordEvent } from '../audit/index.ts';
import type { ProjectSlug } from '#core/ids/index.ts';
import { readText } from '#core/text/typed/index.ts';
import { notify, teamOf } from '../notifications/index.ts';
import { actorName } from '../platform/auth/index.ts';
import { atField } from '../platform/http/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { notAllowed, rightsOver } from './authorise.ts';
import { lockTokens } from './create.ts';
import { ApiTokensError } from './error.ts';
import { useStatement } from './use-statement.ts';
import type { SignedWord } from './use-statement.ts';

const reasonCharactersMax = 500;

/**
 * Revokes a token, immediately and permanently. For the project's authors, approvers and submitters, and for the foundation; if
 * the foundation revokes, the team is notified. Revoking a revoked token changes nothing.
 */
export async function revokeToken(call: {
  readonly ctx: Context;
  readonly input: { readonly project: ProjectSlug; readonly id: string; readonly reason: string };
  readonly word?: SignedWord;
}): Promise<{ readonly name: string }> {
  const { ctx, input, word } = call;
  const { accepted, person, make, revoke } = await rightsOver(ctx, input.project);
  if (!revoke) throw notAllowed(input.project, 'revoke');
  const rules = { label: 'Why', charactersMax: reasonCharactersMax, optional: true };
  const read = readText(input.reason, rules);
  if (!read.ok) {
    throw new ApiTokensError(
      atField('reason', {
        code: 'REASON_INVALID',
        message: read.message,
        fix: 'Say it in a sentence, or leave it empty.',
      }),
    );
  }
  const reason = read.text;
  return ctx.db.$transaction(async (transaction) => {
    await lockTokens(transaction, input.project);
    const now = ctx.now();
    if (word !== undefined) await useStatement(transaction, word, now);
    const row = await transaction.apiToken.findFirst({ where: { id: input.id, projectSlug: input.project } });
    if (row === null) {
      throw new ApiTokensError({
        code: 'NO_SUCH_TOKEN',
        message: `The project ${input.project} has no such token.`,
        fix: `Its page lists them with their ids: /projects/${input.project}/tokens`,
      });
    }
    const { name } = row;
    // The first revocation counts: its name and reason stay.
    if (row.revokedAt !== null) return { name };
    await transaction.apiToken.update({
      where: { id: row.id },
      data: { revokedAt: now, revokedBy: actorName(ctx.actor), revokedReason: reason },
    });
    await recordEvent(transaction, ctx, {
      action: 'api-token.revoked',
      subject: `project:${input.project}`,
      detail: { tokenId: row.id, name, reason, by: word === undefined ? 'session' : 'signature' },
    });
    // The team isn't notified of what its own members do.
    for (const account of make ? [] : teamOf(accepted.snapshot, input.project)) {
      await notify(transaction, ctx, account, {
        kind: 'project-news',
        subject: `The foundation revoked the API token “${name}” of ${input.project}`,
        body: `${person.name} revoked it, and it stopped working at once. ${reason === '' ? 'No reason was given.' : `The reason: ${reason}`} Anybody who needs it can create another.`,
        path: `/projects/${input.project}/tokens`,
      });
    }
    return { name };
  });
}
