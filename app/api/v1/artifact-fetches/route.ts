import { z } from 'zod';
import { parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import { jobFileOf, startFetch } from '../../../../lib/artifact-fetches/index.ts';
import { answer, json } from '../../_edge/answer.ts';
import { jsonBody } from '../../_edge/body.ts';
import { checked, identified } from '../../_edge/check.ts';
import { fetchJson } from '../../_edge/fetch-json.ts';
import { hostId, hostToken, jobFilePath } from '../../_edge/host-id.ts';

const common = {
  project: z.string().max(200),
  policy: z.string().max(200),
  token: hostToken.nullable().default(null),
};
const wanted = z.discriminatedUnion('host', [
  z.strictObject({ ...common, host: z.literal('github'), runId: hostId, artifactId: hostId }),
  z.strictObject({
    ...common,
    host: z.literal('gitlab'),
    pipelineId: hostId,
    jobId: hostId,
    path: jobFilePath,
  }),
]);

/** The file as its host names it. */
const named = (asked: z.output<typeof wanted>) =>
  asked.host === 'github'
    ? { runId: asked.runId, artifactId: asked.artifactId }
    : { runId: asked.pipelineId, artifactId: jobFileOf(asked.jobId, asked.path) };

const bodyBytesMax = 16 * 1024;

export async function POST(request: Request): Promise<Response> {
  return answer(request, async (ctx) => {
    const asked = checked(wanted, await jsonBody(request, bodyBytesMax));
    const { project, policy, host, token } = asked;
    const fetch = await startFetch({
      ctx,
      input: {
        ...named(asked),
        host,
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
