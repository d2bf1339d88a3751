import { z } from 'zod';
import { runTokenCommand } from '../../../../lib/api-tokens/index.ts';
import type { ListedToken } from '../../../../lib/api-tokens/index.ts';
import { answer, json } from '../../_edge/answer.ts';
import { jsonBody } from '../../_edge/body.ts';
import { checked } from '../../_edge/check.ts';

const submission = z.strictObject({
  statement: z.string().min(1).max(4096),
  signature: z.string().min(1).max(16_384),
});

const bodyBytesMax = 64 * 1024;

/** Needs no token: the signature says who asks. */
export async function POST(request: Request): Promise<Response> {
  return answer(request, async (ctx) => {
    const done = await runTokenCommand({
      ctx,
      input: checked(submission, await jsonBody(request, bodyBytesMax)),
    });
    switch (done.action) {
      case 'list':
        return json({ tokens: [...done.list.active, ...done.list.ended].map(tokenJson) });
      case 'create': {
        const { id, token, name, expiresAt } = done.created;
        return json({ created: { id, token, name, expiresAt: expiresAt.toISOString() } }, { status: 201 });
      }
      case 'revoke':
        return json({ revoked: done.revoked });
    }
  });
}

function tokenJson(token: ListedToken) {
  const { id, name, fingerprint, state, policies, maker, lastUsedFrom, revoked } = token;
  return {
    id,
    name,
    fingerprint,
    state,
    policies,
    madeBy: maker.handle,
    createdAt: token.createdAt.toISOString(),
    expiresAt: token.expiresAt.toISOString(),
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
    lastUsedFrom,
    revokedAt: revoked?.at.toISOString() ?? null,
    revokedBy: revoked?.by ?? null,
    revokedReason: revoked?.reason ?? null,
  };
}
