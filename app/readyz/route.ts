import { checkReadiness } from '../../lib/platform/health/index.ts';
import { wholeResponse } from '../../lib/platform/http/index.ts';
import { currentPortal } from '../../lib/platform/portal/index.ts';

export const dynamic = 'force-dynamic';

/** 200 when everything needed is there, 503 otherwise; either way, the state of each part. */
export async function GET(): Promise<Response> {
  const readiness = await checkReadiness(currentPortal());
  return wholeResponse(`${JSON.stringify(readiness)}\n`, {
    status: readiness.ready ? 200 : 503,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
}
