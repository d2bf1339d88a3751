import { z } from 'zod';
import { readStep, requestSteps, stepPageMax } from '../../../../../../../../lib/requests/index.ts';
import { answerQuery, json } from '../../../../../../_edge/answer.ts';
import { checked } from '../../../../../../_edge/check.ts';
import { noSuchRequest, requestIdOf } from '../../../../../../_edge/request-id.ts';
import { stepPageJson } from '../../../../../../_edge/request-json.ts';

interface Route {
  readonly params: Promise<{ id: string; pass: string; step: string }>;
}

const place = z.strictObject({
  pass: z.coerce.number().int().min(1).max(999_999_999),
  step: z.enum(requestSteps),
});

const query = z.strictObject({
  after: z.string().max(60).optional(),
  /** Its length is checked by the search. */
  file: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(stepPageMax).optional(),
});

export async function GET(request: Request, context: Route): Promise<Response> {
  return answerQuery(request, query, async (ctx, asked) => {
    const id = await requestIdOf(context);
    const { pass, step } = await context.params;
    const at = checked(place, { pass, step });
    const page = await readStep({ ctx, input: { id, ...at, ...asked } });
    if (page === null) throw noSuchRequest(id);
    return json(stepPageJson(page));
  });
}
