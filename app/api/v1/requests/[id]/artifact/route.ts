import { openReleased } from '../../../../../../lib/releases/index.ts';
import { answer } from '../../../../_edge/answer.ts';
import { BadRequest } from '../../../../_edge/problem.ts';
import { requestIdOf } from '../../../../_edge/request-id.ts';
import type { RequestRoute } from '../../../../_edge/request-id.ts';

/** The signed file, only once the signer has released it. */
export async function GET(request: Request, context: RequestRoute): Promise<Response> {
  return answer(request, async (ctx) => {
    const id = await requestIdOf(context);
    const released = await openReleased({ ctx, input: { id } });
    if (released === null) {
      throw new BadRequest({
        status: 404,
        code: 'NOT_RELEASED',
        title: 'Nothing released',
        message: `The signer has released no file for request ${id}.`,
        fix: `See where it stands: ${ctx.config.publicUrl}/requests/${id}`,
      });
    }
    return new Response(released.artifact.stream(), {
      headers: {
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(released.name)}`,
        etag: `"${released.sha256}"`,
        // A released file never changes, but a revoked one may have to disappear: revalidate.
        'cache-control': 'public, no-cache',
      },
    });
  });
}
