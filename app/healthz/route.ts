import { wholeResponse } from '../../lib/platform/http/index.ts';
import { log } from '../../lib/platform/log/index.ts';
import { currentPortal } from '../../lib/platform/portal/index.ts';

export const dynamic = 'force-dynamic';

/** Alive: the process answers, and could be configured. Says nothing of what it depends on; that is /readyz. */
export function GET(): Response {
  const isConfigured = canOpen();
  return wholeResponse(`{"status":"${isConfigured ? 'ok' : 'not configured'}"}\n`, {
    status: isConfigured ? 200 : 503,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
}

function canOpen(): boolean {
  try {
    currentPortal();
    return true;
  } catch (error) {
    log.error({ err: error }, 'the portal has no configuration that it can use');
    return false;
  }
}
