import { z } from 'zod';
import { parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import { startFetch } from '../../../../lib/artifact-fetches/index.ts';
import { answer, json } from '../../_edge/answer.ts';
import { jsonBody } from '../../_edge/body.ts';
import { checked, identified } from '../../_edge/check.ts';
import { fetchJson } from '../../_edge/fetch-json.ts';
import { hostId, hostToken } from '../../_edge/host-id.ts';

const wanted = z.strictObject({
  project: z.string().max(200),
  policy: z.string().max(200),
  host: z.literal('github'),
  runId: hostId,
  artifactId: hostId,
  token: hostToken.nullable().default(null),
});

const bodyBytesMax = 16 * 1024;

export async function POST(request: Request): Promise<Response> {
  return answer(request, async (ctx) => {
    const { project, policy, runId, artifactId, token } = checked(
      wanted,
      await jsonBody(request, bodyBytesMax),
    );
    const fetch = await startFetch({
      ctx,
      input: {
        runId,
        artifactId,
        token,
        project: identified(parseProjectSlug, project),
        policy: identified(parsePolicySlug, policy),
      },
    });
    const body = fetchJson(ctx.config.publicUrl, fetch);
    return json(body, {
      status: fetch.state === 'fetched' ? 200 : 202,
      headers: { location: String(body['api']) },
    });
  });
}
