import { openCertificate, openOwnKey } from '../../../lib/certificates/index.ts';
import { wholeResponse } from '../../../lib/platform/http/index.ts';
import { currentPortal } from '../../../lib/platform/portal/index.ts';

export async function GET(
  _request: Request,
  context: { params: Promise<{ file: string }> },
): Promise<Response> {
  const { file } = await context.params;
  const ctx = currentPortal();
  const pem = await openCertificate({ ctx, input: { file } });
  const found =
    pem === null ? await openOwnKey({ ctx, input: { file } }) : { text: pem, type: 'application/x-pem-file' };
  if (found === null) return wholeResponse('No such certificate.\n', { status: 404 });
  if ('withheld' in found)
    return wholeResponse(`This key is revoked: ${ctx.config.publicUrl}/revocations\n`, { status: 410 });
  return wholeResponse(found.text, {
    headers: {
      'content-type': found.type,
      'content-disposition': `attachment; filename="${file}"`,
      'cache-control': 'public, max-age=300',
    },
  });
}
