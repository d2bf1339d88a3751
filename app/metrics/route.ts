import { exposeMetrics } from '../../lib/platform/health/index.ts';
import { wholeResponse } from '../../lib/platform/http/index.ts';
import { currentPortal } from '../../lib/platform/portal/index.ts';

export const dynamic = 'force-dynamic';

/** For a monitoring system; it says nothing that the public pages don't. */
export async function GET(): Promise<Response> {
  const { text, contentType } = await exposeMetrics(currentPortal());
  return wholeResponse(text, { headers: { 'content-type': contentType, 'cache-control': 'no-store' } });
}
