import { reviewStatistics } from '../../../../lib/reviews/index.ts';
import { answer, json } from '../../_edge/answer.ts';

/** The foundation's queue in numbers. */
export async function GET(request: Request): Promise<Response> {
  return answer(request, async (ctx) => json(await reviewStatistics({ ctx })));
}
