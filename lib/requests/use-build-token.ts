/** An identity token of a build makes one request: whoever copied it from a log can’t make another, at whichever portal. */
import type { RequestId } from '#core/ids/index.ts';
import { BuildTokenError } from '../platform/build-token/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import type { Context } from '../platform/portal/index.ts';

/** After a token has expired by this portal's clock: by another's it may count on. */
const keptMilliseconds = 10 * 60_000;

/** In the transaction that makes the request, after its row: of two at once, the second waits here for the first. */
export async function useBuildToken(
  transaction: Transaction,
  { actor, now }: Pick<Context, 'actor' | 'now'>,
  requestId: RequestId,
): Promise<void> {
  if (actor.kind !== 'build') return;
  const { usedBuildToken } = transaction;
  const { sha256, expiresAt } = actor.verified;
  await usedBuildToken.deleteMany({
    where: { expiresAt: { lt: new Date(now().getTime() - keptMilliseconds) } },
  });
  const { count } = await usedBuildToken.createMany({
    data: [{ sha256, requestId, expiresAt }],
    skipDuplicates: true,
  });
  if (count === 1) return;
  const used = await usedBuildToken.findUnique({ where: { sha256 } });
  throw new BuildTokenError({
    code: 'BUILD_TOKEN_USED',
    message: `This identity token has made the request ${used?.requestId ?? 'of a moment ago'} already, and a token makes one.`,
    fix: 'Ask the host for another token for each request. If you made none with this one, somebody else has it: look at that request.',
  });
}
