import { z } from 'zod';
import { readFetch } from '../../../../../lib/artifact-fetches/index.ts';
import { answer, json } from '../../../_edge/answer.ts';
import { checked } from '../../../_edge/check.ts';
import { fetchJson } from '../../../_edge/fetch-json.ts';
import { BadRequest } from '../../../_edge/problem.ts';

export async function GET(request: Request, context: { params: Promise<{ id: string }> }): Promise<Response> {
  return answer(request, async (ctx) => {
    const id = checked(z.uuid(), (await context.params).id);
    const fetch = await readFetch({ ctx, input: { id } });
    if (fetch === null) {
      throw new BadRequest({
        code: 'UNKNOWN_FETCH',
        message: `There is no fetch ${id}.`,
        fix: 'Check the id, or ask for the file again: POST /api/v1/artifact-fetches.',
      });
    }
    return json(fetchJson(ctx.config.publicUrl, fetch));
  });
}
