import { z } from 'zod';
import { parsePolicySlug, parseProjectSlug, parseSha256Hex } from '#core/ids/index.ts';
import { noParameters } from '#core/wire/parameters/index.ts';
import {
  bundleBytesMax,
  listRequests,
  requestStatusSchema,
  submitRequest,
} from '../../../../lib/requests/index.ts';
import { answer, answerQuery, json } from '../../_edge/answer.ts';
import { jsonBody } from '../../_edge/body.ts';
import { requestSummaryJson } from '../../_edge/request-json.ts';
import { checked, identified } from '../../_edge/check.ts';
import { fileNameOf } from '../../_edge/file-name.ts';
import { idempotencyKeyOf, submitted } from '../../_edge/submitted.ts';
import { parameterValues } from '../../_edge/parameters.ts';

const submission = z.strictObject({
  project: z.string().max(200),
  policy: z.string().max(200),
  artifact: z.strictObject({ sha256: z.string().max(200), name: z.string() }),
  bundle: z.record(z.string(), z.unknown()).nullable().default(null),
  parameters: parameterValues.default(noParameters),
  supersedes: z.boolean().default(false),
  configuration: z.string().max(200).optional(),
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
    const body = checked(submission, await jsonBody(request, bundleBytesMax + envelopeBytesMax));
    const { id, created } = await submitRequest({
      ctx,
      input: {
        project: identified(parseProjectSlug, body.project),
        policy: identified(parsePolicySlug, body.policy),
        artifact: {
          sha256: identified(parseSha256Hex, body.artifact.sha256),
          name: fileNameOf(body.artifact.name),
        },
        bundle: body.bundle,
        parameters: body.parameters,
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
