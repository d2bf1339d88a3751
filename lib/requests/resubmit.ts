/** Submits a request's artifact and provenance again, under another policy or with other parameters: a request of its own. */
import { json } from 'node:stream/consumers';
import { parsePolicySlug, parseProjectSlug, parseSha256Hex } from '#core/ids/index.ts';
import type { PolicySlug, RequestId } from '#core/ids/index.ts';
import type { ParameterValues } from '#core/wire/parameters/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { checkConfiguration } from './check-configuration.ts';
import { RequestsError } from './error.ts';
import { storedParameters } from './stored-parameters.ts';
import { submitRequest } from './submit.ts';

/** Whoever may submit under that policy may. The same content as a request that hasn't been refused attaches to it. */
export async function resubmitRequest(call: {
  readonly ctx: Context;
  readonly input: {
    readonly id: RequestId;
    /** null: the same. */
    readonly policy: PolicySlug | null;
    /** The artifact configuration that the caller expects; null: whichever the policy names. */
    readonly configuration: PolicySlug | null;
    /** null: the same. */
    readonly parameters: ParameterValues | null;
    readonly idempotencyKey: string | null;
  };
}): Promise<{ readonly id: RequestId; readonly created: boolean }> {
  const { ctx, input } = call;
  const before = await ctx.db.signingRequest.findUnique({ where: { id: input.id } });
  if (before === null) {
    throw new RequestsError({
      code: 'UNKNOWN_REQUEST',
      message: `There is no signing request ${input.id}.`,
      fix: 'Check the id; GET /api/v1/requests lists all requests.',
    });
  }
  const project = parseProjectSlug(before.projectSlug);
  const policy = input.policy ?? parsePolicySlug(before.policySlug);
  if (input.configuration !== null)
    await checkConfiguration(ctx, { project, policy, configuration: input.configuration });
  return submitRequest({
    ctx,
    input: {
      project,
      policy,
      artifact: { sha256: parseSha256Hex(before.artifactSha256), name: before.artifactName },
      bundle: before.bundleSha256 === null ? null : await bundleOf(ctx, before.bundleSha256),
      parameters: input.parameters ?? storedParameters(before.parameters),
      idempotencyKey: input.idempotencyKey,
      resubmissionOf: input.id,
    },
  });
}

async function bundleOf(ctx: Context, sha256: string): Promise<Readonly<Record<string, unknown>>> {
  const stored = await ctx.store.open(parseSha256Hex(sha256));
  if (stored !== null) return (await json(stored.stream())) as Record<string, unknown>;
  throw new RequestsError({
    code: 'ORIGIN_EVIDENCE_MISSING',
    message: 'The proof of origin of that request is not in the store any more.',
    fix: 'Submit the artifact with its Sigstore bundle: POST /api/v1/requests.',
  });
}
