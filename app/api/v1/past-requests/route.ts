import { z } from 'zod';
import { listPastRequests } from '../../../../lib/requests/index.ts';
import { answerQuery, json } from '../../_edge/answer.ts';

const query = z.strictObject({
  /** More than a page holds may be asked for; the answer says where it goes on. */
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
  cursor: z.string().max(200).optional(),
});

/** What `countersign plan --requests` takes: past requests as facts, newest first, in pages (RFC 8288: rel="next"). */
export async function GET(request: Request): Promise<Response> {
  return answerQuery(request, query, async (ctx, { limit, cursor }) => {
    const { requests, leftOut, next } = await listPastRequests({ ctx, input: { limit, cursor } });
    const more =
      next === null ? {} : { link: `</api/v1/past-requests?limit=${limit}&cursor=${next}>; rel="next"` };
    return json(requests, { headers: { 'x-requests-left-out': String(leftOut), ...more } });
  });
}
