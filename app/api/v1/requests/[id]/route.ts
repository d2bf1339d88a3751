import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { RequestId } from '#core/ids/index.ts';
import { untilLeaving } from '../../../../../lib/platform/drain/index.ts';
import type { Context } from '../../../../../lib/platform/portal/index.ts';
import {
  readRequest,
  readStanding,
  takeWaitingPlace,
  waitForMove,
} from '../../../../../lib/requests/index.ts';
import { readRemoved } from '../../../../../lib/retention/index.ts';
import { answerQuery, json } from '../../../_edge/answer.ts';
import { preferredWait } from '../../../_edge/prefer.ts';
import { noSuchRequest, requestIdOf } from '../../../_edge/request-id.ts';
import type { RequestRoute } from '../../../_edge/request-id.ts';
import { requestJson } from '../../../_edge/request-json.ts';

const query = z.strictObject({ pass: z.coerce.number().int().min(1).max(999_999_999).optional() });

/** `Prefer: wait=N`: answered once the request moves on, at once where it has ended, or as it stands after that time. */
export async function GET(request: Request, context: RequestRoute): Promise<Response> {
  return answerQuery(request, query, async (ctx, { pass }) => {
    const id = await requestIdOf(context);
    const seconds = preferredWait(request);
    const known = request.headers.get('if-none-match');
    const before = await read(ctx, id, pass);
    const isNews = known !== null && known !== before.etag;
    const waits = seconds !== null && !isNews && !before.isFinal;
    const found = waits
      ? await readLater(ctx, { id, pass, seconds, request, version: before.version })
      : before;
    const headers = {
      etag: found.etag,
      ...(seconds === null ? {} : { 'preference-applied': `wait=${seconds}` }),
    };
    if (known === found.etag)
      return new Response(null, { status: 304, headers: { ...headers, 'cache-control': 'no-store' } });
    return json(found.body, { headers });
  });
}

async function readLater(
  ctx: Context,
  asked: {
    readonly id: RequestId;
    readonly pass: number | undefined;
    readonly seconds: number;
    readonly request: Request;
    readonly version: string;
  },
) {
  const { id, pass, seconds, request, version } = asked;
  const leave = takeWaitingPlace(ctx);
  try {
    const signal = AbortSignal.any([request.signal, untilLeaving(), AbortSignal.timeout(seconds * 1000)]);
    await waitForMove(ctx, { id, seen: version, signal });
  } finally {
    leave();
  }
  return read(ctx, id, pass);
}

async function read(ctx: Context, id: RequestId, pass: number | undefined) {
  // First how it stands: what happens from here on is news.
  const standing = await readStanding({ ctx, input: { id } });
  const found = await readRequest({ ctx, input: { id, pass } });
  if (standing === null || found === null) throw noSuchRequest(id);
  const removed = await readRemoved({ ctx, input: { id } });
  const body = requestJson(ctx.config.publicUrl, found, removed);
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('base64url');
  return { body, etag: `"${digest.slice(0, 32)}"`, version: standing.version, isFinal: standing.isFinal };
}
