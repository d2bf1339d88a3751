import { readSignPathStatus } from '../../../../../../../lib/signpath/index.ts';
import { json } from '../../../../../_edge/answer.ts';
import { requestIdOf } from '../../../../../_edge/request-id.ts';
import type { RequestRoute } from '../../../../../_edge/request-id.ts';
import { answerSignPath } from '../../../../../_edge/signpath.ts';

/** A call of SignPath's clients may take ten minutes. */
const holdSecondsDefault = 570;

export async function GET(request: Request, context: RequestRoute): Promise<Response> {
  return answerSignPath(request, async (ctx) => {
    const { holdSeconds = holdSecondsDefault } = ctx.config.signPath ?? {};
    const told = await readSignPathStatus({
      ctx,
      input: {
        id: await requestIdOf(context),
        hold: { milliseconds: holdSeconds * 1_000, signal: request.signal },
      },
    });
    // It was fetched before there was a request.
    return json({ ...told, hasArtifactBeenDownloadedBySignPathInCaseOfArtifactRetrieval: true });
  });
}
