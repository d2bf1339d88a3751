import { z } from 'zod';
import { pastRequestsMax, readPastRequests } from '../../../../lib/requests/index.ts';
import { answer, json } from '../../_edge/answer.ts';
import { checkedQuery } from '../../_edge/check.ts';

const query = z.object({ limit: z.coerce.number().int().min(1).max(pastRequestsMax).default(1000) });

/** What `countersign plan --requests` takes: past requests as facts, newest first. */
export async function GET(request: Request): Promise<Response> {
  return answer(request, async (ctx) => {
    const { limit } = checkedQuery(request, query);
    const { requests, leftOut } = await readPastRequests({ ctx, input: { limit } });
    return json(requests, { headers: { 'x-requests-left-out': String(leftOut) } });
  });
}
