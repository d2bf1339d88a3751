import { z } from 'zod';
import { parseProjectSlug } from '#core/ids/index.ts';
import { listProjectVersions } from '../../../../../../lib/policy-versions/index.ts';
import { answerQuery, json } from '../../../../_edge/answer.ts';
import { identified } from '../../../../_edge/check.ts';

const query = z.strictObject({
  limit: z.coerce.number().int().min(1).max(50).default(20),
  cursor: z.string().max(20).optional(),
});

/** Every version of a project's policy, newest first; empty for a project that never was. */
export async function GET(
  request: Request,
  context: { readonly params: Promise<{ readonly slug: string }> },
): Promise<Response> {
  return answerQuery(request, query, async (ctx, { limit, cursor }) => {
    const project = identified(parseProjectSlug, (await context.params).slug);
    const page = await listProjectVersions({
      ctx,
      input: { project, limit, ...(cursor === undefined ? {} : { cursor }) },
    });
    return json({
      versions: page.items.map(({ commit, acceptedAt, signers, previous, state, summary }) => ({
        commit,
        acceptedAt: acceptedAt.toISOString(),
        signers,
        previous,
        details: state,
        effect: summary?.effect ?? null,
        noLonger: summary?.gone ?? [],
        sinceThen: summary?.come ?? [],
        url: `${ctx.config.publicUrl}/projects/${project}/history/${commit}`,
      })),
      next: page.next,
    });
  });
}
