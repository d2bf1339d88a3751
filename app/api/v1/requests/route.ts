import { z } from 'zod';
import { parsePolicySlug, parseProjectSlug, parseSha256Hex } from '#core/ids/index.ts';
import { noParameters } from '#core/wire/parameters/index.ts';
import { lookUpBundle } from '../../../../lib/artifact-fetches/index.ts';
import {
  bundleBytesMax,
  listRequests,
  requestStatusSchema,
  submitRequest,
} from '../../../../lib/requests/index.ts';
import { answer, answerQuery, json } from '../../_edge/answer.ts';
import { jsonBody } from '../../_edge/body.ts';
import { hostId, hostToken } from '../../_edge/host-id.ts';
import { requestSummaryJson } from '../../_edge/request-json.ts';
import { checked, identified } from '../../_edge/check.ts';
import { fileNameOf } from '../../_edge/file-name.ts';
import { idempotencyKeyOf, submitted } from '../../_edge/submitted.ts';
import { parameterValues } from '../../_edge/parameters.ts';

/** Where the code host keeps the bundle, in place of it. */
const bundleFrom = z.strictObject({
  host: z.literal('github'),
  runId: hostId.nullable().default(null),
  token: hostToken.nullable().default(null),
});

const submission = z.strictObject({
  project: z.string().max(200),
  policy: z.string().max(200),
  artifact: z.strictObject({ sha256: z.string().max(200), name: z.string() }),
  bundle: z.record(z.string(), z.unknown()).nullable().default(null),
  bundleFrom: bundleFrom.nullable().default(null),
  parameters: parameterValues.default(noParameters),
  supersedes: z.boolean().default(false),
  configuration: z.string().max(200).optional(),
});
/** Two proofs, and nobody would know which one counts. */
const oneBundle = submission.refine(({ bundle, bundleFrom: from }) => bundle === null || from === null, {
  path: ['bundleFrom'],
  message: 'the bundle, or where it is kept, and not both',
});

const query = z.strictObject({
  project: z.string().max(200).optional(),
  status: requestStatusSchema.optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(25),
});

const envelopeBytesMax = 16 * 1024;

export async function POST(request: Request): Promise<Response> {
  return answer(request, async (ctx) => {
    const body = checked(oneBundle, await jsonBody(request, bundleBytesMax + envelopeBytesMax));
    const { parameters } = body;
    const project = identified(parseProjectSlug, body.project);
    const policy = identified(parsePolicySlug, body.policy);
    const sha256 = identified(parseSha256Hex, body.artifact.sha256);
    const name = fileNameOf(body.artifact.name);
    const bundle =
      body.bundleFrom === null
        ? body.bundle
        : await lookUpBundle({ ctx, input: { project, policy, parameters, sha256, ...body.bundleFrom } });
    const { id, created } = await submitRequest({
      ctx,
      input: {
        project,
        policy,
        artifact: { sha256, name },
        bundle,
        parameters,
        idempotencyKey: idempotencyKeyOf(request),
        supersedes: body.supersedes,
        ...(body.configuration === undefined
          ? {}
          : { configuration: identified(parsePolicySlug, body.configuration) }),
      },
    });
    return submitted(ctx, id, created);
  });
}

export async function GET(request: Request): Promise<Response> {
  return answerQuery(request, query, async (ctx, asked) => {
    const page = await listRequests({
      ctx,
      input: {
        limit: asked.limit,
        ...(asked.project === undefined ? {} : { project: identified(parseProjectSlug, asked.project) }),
        ...(asked.status === undefined ? {} : { status: asked.status }),
        ...(asked.since === undefined ? {} : { since: new Date(asked.since) }),
        ...(asked.cursor === undefined ? {} : { cursor: asked.cursor }),
      },
    });
    return json({
      requests: page.items.map((item) => requestSummaryJson(ctx.config.publicUrl, item)),
      next: page.next,
    });
  });
}
