import { z } from 'zod';
import { parseProjectSlug, parseSha256Hex } from '#core/ids/index.ts';
import { beginUpload } from '../../../../lib/requests/index.ts';
import { answer, json } from '../../_edge/answer.ts';
import { jsonBody } from '../../_edge/body.ts';
import { checked, identified } from '../../_edge/check.ts';
import { uploadHeaders, uploadJson } from '../../_edge/upload-headers.ts';

const wanted = z.strictObject({
  project: z.string().max(200),
  sha256: z.string().max(200),
  size: z
    .number()
    .int()
    .min(1)
    .max(2 ** 50),
});
const bodyBytesMax = 4 * 1024;

/** Begins an upload in parts, or finds the caller's own of the same file. */
export async function POST(request: Request): Promise<Response> {
  return answer(request, async (ctx) => {
    const { project, sha256, size } = checked(wanted, await jsonBody(request, bodyBytesMax));
    const { upload, created } = await beginUpload({
      ctx,
      input: {
        project: identified(parseProjectSlug, project),
        sha256: identified(parseSha256Hex, sha256),
        sizeBytes: size,
      },
    });
    const location = `${ctx.config.publicUrl}/api/v1/uploads/${upload.id}`;
    return json(uploadJson(upload), {
      status: created ? 201 : 200,
      headers: { ...uploadHeaders(upload, ctx.now()), location },
    });
  });
}
