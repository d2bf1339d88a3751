import type { RequestId } from '#core/ids/index.ts';
import { untilLeaving } from '../../../../../../lib/platform/drain/index.ts';
import type { Context } from '../../../../../../lib/platform/portal/index.ts';
import { readStanding, takeWaitingPlace, waitForMove } from '../../../../../../lib/requests/index.ts';
import type { Standing } from '../../../../../../lib/requests/index.ts';
import { answer } from '../../../../_edge/answer.ts';
import { eventStream, type SentEvent } from '../../../../_edge/event-stream.ts';
import { noSuchRequest, requestIdOf } from '../../../../_edge/request-id.ts';
import type { RequestRoute } from '../../../../_edge/request-id.ts';

/** Readers come again by themselves; a connection that nobody reads any more doesn't stay for ever. */
const milliseconds = 3_600_000;

/** How the request stands now, and each time that it moves on; ends once it has ended. */
export async function GET(request: Request, context: RequestRoute): Promise<Response> {
  return answer(request, async (ctx) => {
    const id = await requestIdOf(context);
    const first = await readStanding({ ctx, input: { id } });
    if (first === null) throw noSuchRequest(id);
    const last = request.headers.get('last-event-id');
    // Who has seen the end doesn't come again (204 says so).
    if (first.isFinal && last === first.version)
      return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } });
    const leave = takeWaitingPlace(ctx);
    return eventStream((left) => {
      const ends = [left, request.signal, untilLeaving(), AbortSignal.timeout(milliseconds)];
      const signal = AbortSignal.any(ends);
      return standings(ctx, id, { first, last, signal });
    }, leave);
  });
}

async function* standings(
  ctx: Context,
  id: RequestId,
  from: { readonly first: Standing; readonly last: string | null; readonly signal: AbortSignal },
): AsyncGenerator<SentEvent> {
  const { signal, last } = from;
  let standing = from.first;
  if (standing.version !== last) yield eventOf(standing);
  while (!standing.isFinal && !signal.aborted) {
    await waitForMove(ctx, { id, seen: standing.version, signal });
    const now = await readStanding({ ctx, input: { id } });
    if (now === null) return;
    if (now.version !== standing.version) yield eventOf(now);
    standing = now;
  }
}

const eventOf = ({
  version,
  status,
  outcome,
  step,
  pass,
  summary,
  updatedAt,
  isFinal,
}: Standing): SentEvent => ({
  id: version,
  name: 'status',
  data: { status, outcome, step, pass, summary, updatedAt: updatedAt.toISOString(), final: isFinal },
});
