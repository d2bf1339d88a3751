import { wholeResponse } from '../../../lib/platform/http/index.ts';
import { currentPortal } from '../../../lib/platform/portal/index.ts';
import { openPublished } from '../../../lib/revocations/index.ts';

/** Revocation lists and the issuing certificate, where the certificates say they are (RFC 5280, section 4.2.1.13). */
export async function GET(
  _request: Request,
  context: { params: Promise<{ file: string }> },
): Promise<Response> {
  const { file } = await context.params;
  const found = await openPublished({ ctx: currentPortal(), input: { file } });
  if (found === null) return wholeResponse('Nothing of that name is published.\n', { status: 404 });
  return wholeResponse(found.bytes, {
    // Short: a revocation has to reach everybody within minutes.
    headers: { 'content-type': found.type, 'cache-control': 'public, max-age=60' },
  });
}
