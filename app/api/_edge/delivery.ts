import { isError } from '#core/error/index.ts';
import { WebhookError } from '../../../lib/platform/git-host/index.ts';
import { wholeResponse } from '../../../lib/platform/http/index.ts';
import { log } from '../../../lib/platform/log/index.ts';
import { problemKind } from '../../../lib/platform/problems/index.ts';
import { BadRequest, problemOf, problemResponse } from './problem.ts';

/** GitHub's own cap. */
const bodyBytesMax = 25 * 1024 * 1024;

/** A delivery of a webhook of GitHub's, whatever app it is of. `receive` answers null where this portal takes none. */
export async function answerDelivery(
  request: Request,
  receive: (input: { readonly headers: Headers; readonly body: Uint8Array }) => Promise<string | null>,
): Promise<Response> {
  try {
    const body = await readBody(request);
    const outcome = await receive({ headers: request.headers, body });
    if (outcome === null) {
      throw new BadRequest({
        code: 'NO_DELIVERIES',
        message: 'This portal takes no deliveries.',
        fix: 'Remove the webhook, or configure the GitHub App.',
      });
    }
    return wholeResponse(`${outcome}\n`, {
      status: outcome === 'fresh' ? 202 : 200,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
    });
  } catch (error) {
    return problemResponse(problemOf(refusalOf(error)));
  }
}

/** What GitHub shows of it, and a person can fix. */
function refusalOf(error: unknown): BadRequest {
  if (isError(error, BadRequest)) return error;
  if (isError(error, WebhookError)) {
    const { code, message } = error;
    return new BadRequest({ code, message, fix: problemKind(code).fix });
  }
  log.error({ err: error }, 'a delivery was not taken');
  return new BadRequest({
    code: 'DELIVERY_NOT_TAKEN',
    message: 'The portal failed to take this delivery.',
    fix: problemKind('DELIVERY_NOT_TAKEN').fix,
  });
}

async function readBody(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (request.body === null) return new Uint8Array();
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > bodyBytesMax) throw new WebhookError('BODY_TOO_LARGE', `more than ${bodyBytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
