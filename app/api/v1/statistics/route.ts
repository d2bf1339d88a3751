import { reviewStatistics } from '../../../../lib/reviews/index.ts';
import { countSignatures } from '../../../../lib/signatures/index.ts';
import { answer, json } from '../../_edge/answer.ts';

/** The foundation in numbers: its queue, and how what it signed stands. */
export async function GET(request: Request): Promise<Response> {
  return answer(request, async (ctx) => {
    const [reviews, signed] = await Promise.all([reviewStatistics({ ctx }), countSignatures(ctx)]);
    return json({ ...reviews, signed });
  });
}
