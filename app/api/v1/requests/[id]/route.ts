import { z } from 'zod';
import { readRequest } from '../../../../../lib/requests/index.ts';
import { answerQuery, json } from '../../../_edge/answer.ts';
import { noSuchRequest, requestIdOf } from '../../../_edge/request-id.ts';
import type { RequestRoute } from '../../../_edge/request-id.ts';
import { requestJson } from '../../../_edge/request-json.ts';

const query = z.strictObject({ pass: z.coerce.number().int().min(1).max(999_999_999).optional() });

export async function GET(request: Request, context: RequestRoute): Promise<Response> {
  return answerQuery(request, query, async (ctx, { pass }) => {
    const id = await requestIdOf(context);
    const found = await readRequest({ ctx, input: { id, pass } });
    if (found === null) throw noSuchRequest(id);
    return json(requestJson(ctx.config.publicUrl, found));
  });
}
