import { z } from 'zod';
import { listSignedFiles, signedFilesMax } from '../../../../../../lib/requests/index.ts';
import { answerQuery, json } from '../../../../_edge/answer.ts';
import { requestIdOf } from '../../../../_edge/request-id.ts';
import type { RequestRoute } from '../../../../_edge/request-id.ts';
import { signedFileJson } from '../../../../_edge/request-json.ts';

const query = z.strictObject({
  after: z.string().max(20_000).optional(),
  /** Its length is checked by the search. */
  file: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(signedFilesMax).optional(),
});

export async function GET(request: Request, context: RequestRoute): Promise<Response> {
  return answerQuery(request, query, async (ctx, asked) => {
    const id = await requestIdOf(context);
    const { files, total, next } = await listSignedFiles({ ctx, input: { id, ...asked } });
    return json({ signatures: files.map((file) => signedFileJson(ctx.config.publicUrl, file)), total, next });
  });
}
