import { readReport } from '../../../../../../../lib/inspection-reports/index.ts';
import { wholeResponse } from '../../../../../../../lib/platform/http/index.ts';
import { answer } from '../../../../../_edge/answer.ts';
import { BadRequest } from '../../../../../_edge/problem.ts';
import { noReport, requestIdOf } from '../../../../../_edge/request-id.ts';
import type { RequestRoute } from '../../../../../_edge/request-id.ts';

/** What the log's key signed about the inspection report: a signed note. */
export async function GET(request: Request, context: RequestRoute): Promise<Response> {
  return answer(request, async (ctx) => {
    const id = await requestIdOf(context);
    const report = await readReport({ ctx, input: { id } });
    if (report === null) throw noReport(id);
    if (report.signed === null) {
      throw new BadRequest({
        code: 'REPORT_NOT_SIGNED',
        message: `The inspection report of request ${id} is not signed yet.`,
        fix: 'Ask again later: reports are signed in rounds.',
      });
    }
    const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
    return wholeResponse(report.signed.note, { headers });
  });
}
