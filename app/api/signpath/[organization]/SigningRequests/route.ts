import { z } from 'zod';
import { parsePolicySlug, parseProjectSlug } from '#core/ids/index.ts';
import { submitFromSignPath } from '../../../../../lib/signpath/index.ts';
import { json } from '../../../_edge/answer.ts';
import { jsonBody } from '../../../_edge/body.ts';
import { checked, identified } from '../../../_edge/check.ts';
import { hostId, hostToken } from '../../../_edge/host-id.ts';
import { parameterValues } from '../../../_edge/parameters.ts';
import { answerSignPath } from '../../../_edge/signpath.ts';

const slug = z.string().max(200);
const parametersMax = 100;

const submission = z.object({
  artifactId: hostId,
  gitHubWorkflowRunId: hostId,
  gitHubRepository: z
    .string()
    .max(200)
    .regex(/^[\w.-]+\/[\w.-]+$/, 'owner/name'),
  gitHubToken: hostToken,
  signPathProjectSlug: slug,
  signPathSigningPolicySlug: slug,
  /** Empty, as left out: the default. */
  signPathArtifactConfigurationSlug: slug
    .nullish()
    .transform((name) => (name === undefined || name === '' ? null : name)),
  parameters: z
    .array(z.object({ name: z.string().max(200), value: z.string().max(4_000) }))
    .max(parametersMax)
    .nullish()
    .transform((list): unknown => Object.fromEntries((list ?? []).map(({ name, value }) => [name, value])))
    .pipe(parameterValues),
});

const bodyBytesMax = 256 * 1024;
/** Below the limit that most reverse proxies have for an answer. What takes longer is asked for again, and attaches. */
const waitMilliseconds = 45_000;

/** The organisation in the address is SignPath's; here there is one foundation. */
export async function POST(request: Request): Promise<Response> {
  return answerSignPath(request, async (ctx) => {
    const body = checked(submission, await jsonBody(request, bodyBytesMax));
    const { id, created, file } = await submitFromSignPath({
      ctx,
      input: {
        project: identified(parseProjectSlug, body.signPathProjectSlug),
        policy: identified(parsePolicySlug, body.signPathSigningPolicySlug),
        configuration: body.signPathArtifactConfigurationSlug,
        repository: body.gitHubRepository,
        runId: body.gitHubWorkflowRunId,
        artifactId: body.artifactId,
        token: body.gitHubToken,
        parameters: body.parameters,
      },
      wait: { milliseconds: waitMilliseconds, signal: request.signal },
    });
    const signingRequestUrl = `${ctx.config.publicUrl}/requests/${id}`;
    const told = created ? 'Submitted' : 'Attached to the request that was made of it before';
    return json(
      {
        signingRequestId: id,
        signingRequestUrl,
        logs: [
          {
            level: 'Information',
            message: `${told}: ${file.name}, ${file.sizeBytes} bytes, SHA-256 ${file.sha256}. What is checked, and who has to approve: ${signingRequestUrl}`,
          },
        ],
      },
      { status: created ? 201 : 200 },
    );
  });
}
