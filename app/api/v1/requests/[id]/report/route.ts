import { openReportDocument } from '../../../../../../lib/inspection-reports/index.ts';
import { sized } from '../../../../../../lib/platform/http/index.ts';
import { answer } from '../../../../_edge/answer.ts';
import { noReport, requestIdOf } from '../../../../_edge/request-id.ts';
import type { RequestRoute } from '../../../../_edge/request-id.ts';

/** The inspection report, octet for octet as the signer wrote and hashed it. */
export async function GET(request: Request, context: RequestRoute): Promise<Response> {
  return answer(request, async (ctx) => {
    const id = await requestIdOf(context);
    const report = await openReportDocument({ ctx, input: { id } });
    if (report === null) throw noReport(id);
    return new Response(report.document.stream(), {
      headers: {
        'content-type': 'application/json',
        ...sized(report.document.sizeBytes),
        // A later pass may find something else.
        etag: `"${report.sha256}"`,
        'cache-control': 'public, no-cache',
      },
    });
  });
}
