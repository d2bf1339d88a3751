import { z } from 'zod';
import { submitStop } from '../../../../lib/emergency-stop/index.ts';
import { readSigners } from '../../../../lib/platform/signers/index.ts';
import { answer, json } from '../../_edge/answer.ts';
import { jsonBody } from '../../_edge/body.ts';
import { checked } from '../../_edge/check.ts';

const submission = z.strictObject({
  statement: z.string().min(1).max(4096),
  signature: z.string().min(1).max(16_384),
});

const bodyBytesMax = 64 * 1024;

/** What is stopped, and which signers have confirmed it. Public. */
export async function GET(request: Request): Promise<Response> {
  return answer(request, async (ctx) => {
    const { signers, stops } = await readSigners(ctx);
    const known = signers.map(({ name, seenAt, works }) => ({ name, seenAt, works }));
    return json({ stops, signers: known });
  });
}

/** Needs no token: the signature says who speaks. */
export async function POST(request: Request): Promise<Response> {
  return answer(request, async (ctx) => {
    const input = checked(submission, await jsonBody(request, bodyBytesMax));
    return json(await submitStop({ ctx, input }), { status: 201 });
  });
}
