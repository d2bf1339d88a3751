import { z } from 'zod';
import { unsubscribe } from '../../../../lib/notifications/index.ts';
import { currentPortal } from '../../../../lib/platform/portal/index.ts';
import { answerQuery, json } from '../../_edge/answer.ts';

/** Mail programs and what stands before them add parameters of their own to links. */
const anything = z.looseObject({});

interface Params {
  readonly params: Promise<{ readonly token: string }>;
}

/** One click in a mail program (RFC 8058): without cookies and without a question. The body doesn't matter: the link contains everything. */
export async function POST(request: Request, { params }: Params): Promise<Response> {
  return answerQuery(request, anything, async (ctx) => {
    const { token } = await params;
    await unsubscribe({ ctx, input: { token, all: false } });
    return json({ unsubscribed: true });
  });
}

/** Following the link asks for confirmation first: programs that follow every link of an e-mail stop nothing. */
export async function GET(request: Request, { params }: Params): Promise<Response> {
  return answerQuery(request, anything, async () => {
    const { token } = await params;
    const to = new URL(`/unsubscribe/${encodeURIComponent(token)}`, currentPortal().config.publicUrl);
    return new Response(null, { status: 303, headers: { location: to.href, 'cache-control': 'no-store' } });
  });
}
