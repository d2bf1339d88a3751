import { appendToUpload, cancelUpload, readUpload } from '../../../../../lib/requests/index.ts';
import { answer, json } from '../../../_edge/answer.ts';
import { chunksOf, contentLength, mediaType, refuseEncoded } from '../../../_edge/body.ts';
import { BadRequest } from '../../../_edge/problem.ts';
import { contentSha256, uploadHeaders, uploadJson, uploadOffset } from '../../../_edge/upload-headers.ts';

interface UploadRoute {
  readonly params: Promise<{ id: string }>;
}
const idForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

async function idOf({ params }: UploadRoute): Promise<string> {
  const { id } = await params;
  if (idForm.test(id)) return id;
  throw new BadRequest({
    code: 'IDENTIFIER_INVALID',
    message: 'This is not the id of an upload: it isn’t a UUID in small letters.',
    fix: 'Take the address from the header Location, or the id, that POST /api/v1/uploads answered with.',
  });
}

/** Where it stands, while it is being written, too. */
export async function GET(request: Request, context: UploadRoute): Promise<Response> {
  return answer(request, async (ctx) => {
    const upload = await readUpload({ ctx, input: { id: await idOf(context), atRest: false } });
    return json(uploadJson(upload), { headers: uploadHeaders(upload, ctx.now()) });
  });
}

/** Where to go on: a call that still writes it is ended first. */
export async function HEAD(request: Request, context: UploadRoute): Promise<Response> {
  return answer(request, async (ctx) => {
    const upload = await readUpload({ ctx, input: { id: await idOf(context), atRest: true } });
    return new Response(null, { headers: uploadHeaders(upload, ctx.now()) });
  });
}

export async function PATCH(request: Request, context: UploadRoute): Promise<Response> {
  return answer(request, async (ctx) => {
    const id = await idOf(context);
    if (mediaType(request) !== 'application/partial-upload') {
      throw new BadRequest({
        code: 'CONTENT_TYPE_UNSUPPORTED',
        message: 'Bytes of an upload in parts are sent as application/partial-upload.',
        fix: 'Send the header Content-Type: application/partial-upload.',
      });
    }
    refuseEncoded(request);
    const upload = await appendToUpload({
      ctx,
      input: {
        id,
        offset: uploadOffset(request),
        part: {
          stream: (signal) => chunksOf(request, signal),
          length: contentLength(request),
          contentSha256: contentSha256(request),
        },
      },
    });
    return new Response(null, { status: 204, headers: uploadHeaders(upload, ctx.now()) });
  });
}

export async function DELETE(request: Request, context: UploadRoute): Promise<Response> {
  return answer(request, async (ctx) => {
    await cancelUpload({ ctx, input: { id: await idOf(context) } });
    return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } });
  });
}
