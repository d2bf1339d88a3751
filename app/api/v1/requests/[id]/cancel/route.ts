import { z } from 'zod';
import { cancelRequest } from '../../../../../../lib/requests/index.ts';
import { answer, json } from '../../../../_edge/answer.ts';
import { jsonBody } from '../../../../_edge/body.ts';
import { checked } from '../../../../_edge/check.ts';
import { requestIdOf } from '../../../../_edge/request-id.ts';
import type { RequestRoute } from '../../../../_edge/request-id.ts';
import { cancellationJson } from '../../../../_edge/request-json.ts';

const order = z.strictObject({
  reason: z
    .string()
    .trim()
    .min(1)
    .max(500)
    .regex(/^[^\p{C}]+$/u, 'a line without control characters'),
});
const bodyBytesMax = 8 * 1024;

/** 202: the signer ends it as soon as it looks, unless it is released by then. */
export async function POST(request: Request, context: RequestRoute): Promise<Response> {
  return answer(request, async (ctx) => {
    const id = await requestIdOf(context);
    const { reason } = checked(order, await jsonBody(request, bodyBytesMax));
    const cancellation = await cancelRequest({ ctx, input: { id, reason } });
    return json({ id, cancellation: cancellationJson(cancellation) }, { status: 202 });
  });
}
