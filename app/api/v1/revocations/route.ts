import { listRevocations } from '../../../../lib/revocations/index.ts';
import { answer, json } from '../../_edge/answer.ts';

/** Every revocation notice, the newest first. */
export async function GET(request: Request): Promise<Response> {
  return answer(request, async (ctx) => {
    const notices = await listRevocations({ ctx });
    return json({
      items: notices.map((notice) => ({
        ...notice,
        effectiveAt: notice.effectiveAt.toISOString(),
        noticedAt: notice.noticedAt?.toISOString() ?? null,
        learnedAt: notice.learnedAt.toISOString(),
        url: `${ctx.config.publicUrl}/revocations/${notice.serial}`,
      })),
    });
  });
}
