import { openCertificate } from '../../../lib/certificates/index.ts';
import { currentPortal } from '../../../lib/platform/portal/index.ts';

export async function GET(
  _request: Request,
  context: { params: Promise<{ file: string }> },
): Promise<Response> {
  const { file } = await context.params;
  const pem = await openCertificate({ ctx: currentPortal(), input: { file } });
  if (pem === null) return new Response('No such certificate.\n', { status: 404 });
  return new Response(pem, {
    headers: {
      'content-type': 'application/x-pem-file',
      'content-disposition': `attachment; filename="${file}"`,
      'cache-control': 'public, max-age=300',
    },
  });
}
