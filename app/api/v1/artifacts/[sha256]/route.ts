import { parseSha256Hex } from '#core/ids/index.ts';
import { uploadArtifact } from '../../../../../lib/requests/index.ts';
import { answer, json } from '../../../_edge/answer.ts';
import { chunksOf, contentLength, mediaType, refuseEncoded } from '../../../_edge/body.ts';
import { BadRequest } from '../../../_edge/problem.ts';
import { identified } from '../../../_edge/check.ts';

/** Raw bytes under their own digest; streamed to the store, never held whole. */
export async function PUT(
  request: Request,
  context: { params: Promise<{ sha256: string }> },
): Promise<Response> {
  return answer(request, async (ctx) => {
    const sha256 = identified(parseSha256Hex, (await context.params).sha256);
    if (mediaType(request) !== 'application/octet-stream') {
      throw new BadRequest({
        code: 'CONTENT_TYPE_UNSUPPORTED',
        message: `An artifact is sent as its raw bytes, not as ${mediaType(request) === '' ? 'an unnamed type' : mediaType(request)}.`,
        fix: 'Send the header Content-Type: application/octet-stream, for example curl -T FILE -H …',
      });
    }
    refuseEncoded(request);
    const stored = await uploadArtifact({
      ctx,
      input: { project: null, sha256, stream: chunksOf(request), sizeBytesExpected: contentLength(request) },
    });
    return json({ sha256, sizeBytes: stored.sizeBytes }, { status: stored.created ? 201 : 200 });
  });
}
