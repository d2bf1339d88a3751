/** Submits a request to have an artifact signed. It is only a request: the signer trusts none of these fields. */
import { createHash, randomUUID } from 'node:crypto';
import { canonicalJson } from '#core/json/index.ts';
import { parseRequestId, parseSha256Hex } from '#core/ids/index.ts';
import type { PolicySlug, ProjectSlug, RequestId, Sha256Hex } from '#core/ids/index.ts';
import { recordEvent } from '../audit/index.ts';
import {
  hasParameters,
  parametersText,
  readParameters,
  sameParameters,
} from '#core/wire/parameters/index.ts';
import type { ParameterValues } from '#core/wire/parameters/index.ts';
import { formatSubmitter } from '#core/wire/submitter/index.ts';
import { stillGood } from '../platform/auth/index.ts';
import { isUniqueViolation } from '../platform/db/index.ts';
import type { SigningRequest, Transaction } from '../platform/db/index.ts';
import { noteSigningRequest } from '../platform/http/index.ts';
import { log } from '../platform/log/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { requireProjectQuota, useObjects } from '../uploads/index.ts';
import { authoriseSubmission } from './authorise-submission.ts';
import { readCancellation } from './cancel.ts';
import { checkConfiguration } from './check-configuration.ts';
import { RequestsError } from './error.ts';
import { storedParameters } from './stored-parameters.ts';
import { checkSupersedes, sourceRefOf, supersedeOlder } from './supersede.ts';
import { useBuildToken } from './use-build-token.ts';

export interface SubmitInput {
  readonly project: ProjectSlug;
  readonly policy: PolicySlug;
  readonly artifact: { readonly sha256: Sha256Hex; readonly name: string };
  /** Sigstore bundle (JSON object) that says where the artifact comes from, or null. */
  readonly bundle: Readonly<Record<string, unknown>> | null;
  /** Values for the artifact configuration. */
  readonly parameters: ParameterValues;
  /** The caller's Idempotency-Key; null: project, policy, artifact, bundle and parameters identify the request. */
  readonly idempotencyKey: string | null;
  /** Older requests of the same project, policy and ref that haven't ended are cancelled; left out, none are. */
  readonly supersedes?: boolean;
  /** The artifact configuration that the caller expects; left out, whichever the policy names. */
  readonly configuration?: PolicySlug;
  /** The request whose artifact and provenance these are. */
  readonly resubmissionOf?: RequestId;
}

export const bundleBytesMax = 4 * 1024 * 1024;

/** The same request again attaches to the one that is there (`created: false`). */
export async function submitRequest(call: {
  readonly ctx: Context;
  readonly input: SubmitInput;
}): Promise<{ readonly id: RequestId; readonly created: boolean }> {
  const { ctx, input } = call;
  const { submitter, policy, owners } = await authoriseSubmission({ ctx, input });
  if (policy.origin !== undefined && input.bundle === null) {
    throw new RequestsError({
      code: 'ORIGIN_EVIDENCE_MISSING',
      message: `The policy ${input.policy} signs only what can prove its origin, and no bundle was sent.`,
      fix: 'Attest the artifact in the build (actions/attest-build-provenance) and send the Sigstore bundle as "bundle".',
    });
  }
  if (input.configuration !== undefined)
    await checkConfiguration(ctx, { ...input, configuration: input.configuration });
  if (input.supersedes === true) checkSupersedes(ctx);
  const read = readParameters(input.parameters);
  if (!read.ok) {
    throw new RequestsError({
      code: 'PARAMETERS_INVALID',
      message: read.message,
      fix: 'Send fewer parameters, with shorter values.',
    });
  }
  const artifact = await ctx.store.open(input.artifact.sha256);
  if (artifact === null) throw notUploaded(input.artifact.sha256);
  const bundle = input.bundle === null ? null : bundleOf(input.bundle);
  const bundleSha256 = bundle?.sha256 ?? null;
  const asked = {
    projectSlug: input.project,
    policySlug: input.policy,
    artifactSha256: input.artifact.sha256,
    bundleSha256,
  };
  const parameters = hasParameters(input.parameters) ? { parameters: parametersText(input.parameters) } : {};
  const content = { ...asked, parameters: { ...input.parameters } };
  const { idempotencyKey, found } = await findEarlier(ctx, input, bundleSha256);
  if (found !== null) return attach(found, content);
  const id = parseRequestId(randomUUID());
  // Only for a request that is made: what attaches to another, or is refused, leaves no bundle behind.
  if (bundle !== null) await storeBundle(ctx, bundle);
  try {
    await ctx.db.$transaction(async (transaction) => {
      await stillGood(transaction, ctx.actor, ctx.now());
      await keepFiles(transaction, ctx, { ...input, owners }, bundle);
      await requireProjectQuota(
        transaction,
        { project: input.project, sha256: input.artifact.sha256, sizeBytes: artifact.sizeBytes },
        ctx.config,
        ctx.now(),
      );
      await transaction.signingRequest.create({
        data: {
          id,
          ...content,
          artifactName: input.artifact.name,
          artifactSizeBytes: BigInt(artifact.sizeBytes),
          idempotencyKey,
          submittedBy: formatSubmitter(submitter),
          submittedAt: ctx.now(),
          sourceRef: sourceRefOf(ctx),
          resubmissionOf: input.resubmissionOf ?? null,
        },
      });
      await useBuildToken(transaction, ctx, id);
      await recordEvent(transaction, ctx, {
        action: 'request.submitted',
        subject: `request:${id}`,
        detail: { ...asked, ...parameters, artifactName: input.artifact.name },
      });
      if (input.supersedes === true) await supersedeOlder(transaction, ctx, { ...input, id });
      await ctx.queue.wake(transaction, id);
    });
  } catch (error) {
    // Two equal requests at the same time: one is created, the other attaches to it.
    if (!isUniqueViolation(error)) throw error;
    const winner = await ctx.db.signingRequest.findUniqueOrThrow({ where: { idempotencyKey } });
    return attach(winner, content);
  }
  // Where a log finds the request of the browser or build that a signing request came by; the signer's lines name it alike.
  noteSigningRequest(id);
  log.info({ requestId: id, project: input.project, policy: input.policy }, 'signing request created');
  return { id, created: true };
}

interface Bundle {
  readonly sha256: Sha256Hex;
  readonly bytes: Uint8Array;
}

function bundleOf(bundle: Readonly<Record<string, unknown>>): Bundle {
  const bytes = Buffer.from(JSON.stringify(bundle), 'utf8');
  return { bytes, sha256: parseSha256Hex(createHash('sha256').update(bytes).digest('hex')) };
}

async function storeBundle(ctx: Context, { sha256, bytes }: Bundle): Promise<void> {
  await ctx.store.put({
    stream: (async function* () {
      yield bytes;
    })(),
    expectedSha256: sha256,
    sizeBytesMax: bundleBytesMax,
    sizeBytesExpected: bytes.byteLength,
  });
}

/** From here on what the request refers to stays; what was removed as unused a moment ago is asked for again. */
async function keepFiles(
  transaction: Transaction,
  ctx: Context,
  { artifact, owners }: Pick<SubmitInput, 'artifact'> & { readonly owners: readonly string[] },
  bundle: Bundle | null,
): Promise<void> {
  const missing = await useObjects(transaction, {
    store: ctx.store,
    at: ctx.now(),
    owners,
    digests: [artifact.sha256, ...(bundle === null ? [] : [bundle.sha256])],
  });
  if (missing.includes(artifact.sha256)) throw notUploaded(artifact.sha256);
  if (bundle !== null && missing.includes(bundle.sha256)) await storeBundle(ctx, bundle);
}

const notUploaded = (sha256: Sha256Hex): RequestsError =>
  new RequestsError({
    code: 'ARTIFACT_NOT_UPLOADED',
    message: `There is no artifact ${sha256} in the store.`,
    fix: `Upload it first: PUT /api/v1/artifacts/${sha256}. What no request uses is removed after some hours.`,
  });

/** More refusals of the same files than anybody needs before changing something. */
const submissionsMax = 100;

/**
 * The request to attach to, or the key of a new one. A request that ended without a signature is no reason against
 * another one: the scanner, the policy or the reason of the refusal may have changed. A caller who sends a key states that it
 * is the same request.
 */
async function findEarlier(
  ctx: Context,
  input: SubmitInput,
  bundleSha256: Sha256Hex | null,
): Promise<{ readonly idempotencyKey: string; readonly found: SigningRequest | null }> {
  let after: string | null = null;
  for (let attempt = 0; attempt < submissionsMax; attempt += 1) {
    const idempotencyKey = keyOf(input, bundleSha256, after);
    const found = await ctx.db.signingRequest.findUnique({ where: { idempotencyKey } });
    if (found === null || input.idempotencyKey !== null) return { idempotencyKey, found };
    const state = await ctx.db.requestState.findUnique({ where: { requestId: found.id } });
    const isLost = state?.status === 'denied' || state?.status === 'failed';
    // One that was cancelled ends as soon as the signer looks: nobody is to wait for it.
    const isEnding =
      !isLost && state?.status !== 'completed' && (await readCancellation(ctx, found.id)) !== null;
    if (!isLost && !isEnding) return { idempotencyKey, found };
    after = found.id;
  }
  throw new RequestsError({
    code: 'REFUSED_TOO_OFTEN',
    message: `These files were refused ${submissionsMax} times under this policy.`,
    fix: 'Change what the refusals name before you submit again.',
  });
}

/** A caller's key counts only inside its project: two projects may choose the same one. */
function keyOf(input: SubmitInput, bundleSha256: Sha256Hex | null, after: string | null): string {
  const identity =
    input.idempotencyKey === null
      ? {
          policy: input.policy,
          artifact: input.artifact.sha256,
          bundle: bundleSha256,
          ...(hasParameters(input.parameters) ? { parameters: input.parameters } : {}),
          ...(after === null ? {} : { after }),
        }
      : { key: input.idempotencyKey };
  return createHash('sha256')
    .update(canonicalJson({ project: input.project, ...identity }), 'utf8')
    .digest('hex');
}

function attach(
  found: SigningRequest,
  content: Pick<SigningRequest, 'projectSlug' | 'policySlug' | 'artifactSha256' | 'bundleSha256'> & {
    readonly parameters: ParameterValues;
  },
): { readonly id: RequestId; readonly created: false } {
  const same =
    found.projectSlug === content.projectSlug &&
    found.policySlug === content.policySlug &&
    found.artifactSha256 === content.artifactSha256 &&
    found.bundleSha256 === content.bundleSha256 &&
    sameParameters(storedParameters(found.parameters), content.parameters);
  if (!same) {
    throw new RequestsError({
      code: 'IDEMPOTENCY_KEY_REUSED',
      message: `This Idempotency-Key belongs to request ${found.id}, which asks for something else.`,
      fix: 'Use a new Idempotency-Key for a new request.',
    });
  }
  return { id: parseRequestId(found.id), created: false };
}
