import { isError, printError } from '#core/error/index.ts';
import { receiveDelivery } from '../../../../lib/policy-changes/index.ts';
import { WebhookError } from '../../../../lib/platform/git-host/index.ts';
import { currentPortal } from '../../../../lib/platform/portal/index.ts';

/** GitHub's own cap. */
const bodyBytesMax = 25 * 1024 * 1024;

const statuses: Readonly<Record<WebhookError['code'], number>> = {
  SIGNATURE_MISSING: 401,
  SIGNATURE_INVALID: 401,
  HEADER_MISSING: 400,
  PAYLOAD_INVALID: 400,
  BODY_TOO_LARGE: 413,
};

/** Deliveries of the GitHub App's webhook. What a delivery says is a reason to look, never a fact. */
export async function POST(request: Request): Promise<Response> {
  const body = await readBody(request);
  if (body === null) return answer(413, 'too large');
  try {
    const outcome = await receiveDelivery({
      ctx: currentPortal(),
      input: { headers: request.headers, body },
    });
    if (outcome === null) return answer(404, 'this portal takes no deliveries');
    return answer(outcome === 'fresh' ? 202 : 200, outcome);
  } catch (error) {
    if (isError(error, WebhookError)) return answer(statuses[error.code], error.message);
    console.error(`a delivery was not taken: ${printError(error)}`);
    // GitHub shows it, and a person can deliver it again.
    return answer(503, 'not taken; deliver it again');
  }
}

const answer = (status: number, text: string): Response =>
  new Response(`${text}\n`, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  });

async function readBody(request: Request): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (request.body === null) return new Uint8Array();
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > bodyBytesMax) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
