import { isRefused } from '../../../../../../../lib/certificates/standing/index.ts';
import { sized } from '../../../../../../../lib/platform/http/index.ts';
import { openSignedArtifact } from '../../../../../../../lib/signpath/index.ts';
import { BadRequest } from '../../../../../_edge/problem.ts';
import { requestIdOf } from '../../../../../_edge/request-id.ts';
import type { RequestRoute } from '../../../../../_edge/request-id.ts';
import { answerSignPath } from '../../../../../_edge/signpath.ts';

/** Always a ZIP, and never of what is revoked: this protocol has no word for who takes it all the same. */
export async function GET(request: Request, context: RequestRoute): Promise<Response> {
  return answerSignPath(request, async (ctx) => {
    const id = await requestIdOf(context);
    const signed = await openSignedArtifact({ ctx, input: { id } });
    const { release, name, sizeBytes } = signed;
    const { state } = release.standing;
    if (isRefused(state)) {
      throw new BadRequest({
        code: 'RELEASE_REVOKED',
        message: `${release.name} is revoked: don't run it.`,
        fix: `Take another release. ${ctx.config.publicUrl}/requests/${id}/download says why.`,
      });
    }
    return new Response(signed.stream(), {
      headers: {
        'content-type': 'application/zip',
        ...sized(sizeBytes),
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
        'countersign-standing': state,
        'cache-control': 'no-store',
      },
    });
  });
}
