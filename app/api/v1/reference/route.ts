import { answer } from '../../_edge/answer.ts';

/** Where people read of the API: a page, since nothing under /api may have styles. */
export async function GET(request: Request): Promise<Response> {
  return answer(request, ({ config }) =>
    Promise.resolve(
      new Response(null, {
        status: 308,
        headers: { location: `${config.publicUrl}/reference`, 'cache-control': 'public, max-age=300' },
      }),
    ),
  );
}
