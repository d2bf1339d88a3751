import { z } from 'zod';
import { parsePolicySlug } from '#core/ids/index.ts';
import { resubmitRequest } from '../../../../../../lib/requests/index.ts';
import { answer } from '../../../../_edge/answer.ts';
import { jsonBody } from '../../../../_edge/body.ts';
import { checked, identified } from '../../../../_edge/check.ts';
import { parameterValues } from '../../../../_edge/parameters.ts';
import { requestIdOf } from '../../../../_edge/request-id.ts';
import type { RequestRoute } from '../../../../_edge/request-id.ts';
import { idempotencyKeyOf, submitted } from '../../../../_edge/submitted.ts';

const wanted = z.strictObject({
  policy: z.string().max(200).optional(),
  configuration: z.string().max(200).optional(),
  parameters: parameterValues.optional(),
});
const bodyBytesMax = 16 * 1024;

const slug = (text: string | undefined) => (text === undefined ? null : identified(parsePolicySlug, text));

/** The same artifact and provenance once more: a new request, unless one like it is there. */
export async function POST(request: Request, context: RequestRoute): Promise<Response> {
  return answer(request, async (ctx) => {
    const id = await requestIdOf(context);
    const body = checked(wanted, await jsonBody(request, bodyBytesMax));
    const again = await resubmitRequest({
      ctx,
      input: {
        id,
        policy: slug(body.policy),
        configuration: slug(body.configuration),
        parameters: body.parameters ?? null,
        idempotencyKey: idempotencyKeyOf(request),
      },
    });
    return submitted(ctx, again.id, again.created);
  });
}
