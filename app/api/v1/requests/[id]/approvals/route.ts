import { z } from 'zod';
import { approvalCharactersMax } from '#core/approval/index.ts';
import { submitApproval } from '../../../../../../lib/approvals/index.ts';
import { answer, json } from '../../../../_edge/answer.ts';
import { jsonBody } from '../../../../_edge/body.ts';
import { requestIdOf } from '../../../../_edge/request-id.ts';
import type { RequestRoute } from '../../../../_edge/request-id.ts';
import { checked } from '../../../../_edge/check.ts';

const submission = z.strictObject({
  statement: z.string().min(1).max(approvalCharactersMax),
  signature: z.string().min(1).max(16_384),
});

const bodyBytesMax = 64 * 1024;

export async function POST(request: Request, context: RequestRoute): Promise<Response> {
  return answer(request, async (ctx) => {
    const id = await requestIdOf(context);
    const { statement, signature } = checked(submission, await jsonBody(request, bodyBytesMax));
    const { approvalId } = await submitApproval({ ctx, input: { id, statement, signature } });
    return json({ id: approvalId, request: id }, { status: 201 });
  });
}
