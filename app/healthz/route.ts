import { wholeResponse } from '../../lib/platform/http/index.ts';

export const dynamic = 'force-dynamic';

/** Alive: the process answers. Says nothing of what it depends on; that is /readyz. */
export function GET(): Response {
  return wholeResponse('{"status":"ok"}\n', {
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
}
