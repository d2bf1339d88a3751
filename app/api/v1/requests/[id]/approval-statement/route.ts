import { z } from 'zod';
import { readStatement } from '../../../../../../lib/approvals/index.ts';
import { wholeResponse } from '../../../../../../lib/platform/http/index.ts';
import { answerQuery } from '../../../../_edge/answer.ts';
import { requestIdOf } from '../../../../_edge/request-id.ts';
import type { RequestRoute } from '../../../../_edge/request-id.ts';

const query = z.strictObject({ decision: z.enum(['approve', 'deny']) });

/** The text to sign, byte for byte: no newline at its end. */
export async function GET(request: Request, context: RequestRoute): Promise<Response> {
  return answerQuery(request, query, async (ctx, { decision }) => {
    const statement = await readStatement({ ctx, input: { id: await requestIdOf(context), decision } });
    return wholeResponse(statement, {
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    });
  });
}
