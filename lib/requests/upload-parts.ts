/** Uploads in parts, by builds and holders of a project's token: who begins one goes on with it, and nobody else. */
import type { ProjectSlug, Sha256Hex } from '#core/ids/index.ts';
import { actorName } from '../platform/auth/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { readSignerLimits } from '../platform/signer-limits/index.ts';
import { appendPart, beginPart, cancelPart, findAtRest, findOwn, stateOf } from '../uploads/index.ts';
import type { PartState, SentPart } from '../uploads/index.ts';
import { projectsOfBuild } from './builds.ts';
import { RequestsError } from './error.ts';
import { withSlot } from './upload-slots.ts';

export type { PartState };

/** The same call again finds the upload that is there. */
export async function beginUpload(call: {
  readonly ctx: Context;
  readonly input: {
    readonly project: ProjectSlug;
    readonly sha256: Sha256Hex;
    readonly sizeBytes: number;
  };
}): Promise<{ readonly upload: PartState; readonly created: boolean }> {
  const { ctx, input } = call;
  await authorise(ctx, input.project);
  const limits = await readSignerLimits(ctx);
  const { project: owner, sha256, sizeBytes } = input;
  const sizeBytesMax = limits?.artifactBytes ?? Infinity;
  return beginPart({ ctx, input: { caller: uploaderOf(ctx), owner, sha256, sizeBytes, sizeBytesMax } });
}

/** `atRest`: no call writes it any more once this is answered; one that did was told to stop. */
export async function readUpload(call: {
  readonly ctx: Context;
  readonly input: { readonly id: string; readonly atRest: boolean };
}): Promise<PartState> {
  const { ctx, input } = call;
  const own = { id: input.id, caller: uploaderOf(ctx) };
  return stateOf(input.atRest ? await findAtRest(ctx, own) : await findOwn(ctx, own));
}

export async function appendToUpload(call: {
  readonly ctx: Context;
  readonly input: { readonly id: string; readonly offset: number; readonly part: SentPart };
}): Promise<PartState> {
  const { ctx, input } = call;
  const caller = uploaderOf(ctx);
  return withSlot(ctx, () => appendPart({ ctx, input: { ...input, caller } }));
}

export async function cancelUpload(call: {
  readonly ctx: Context;
  readonly input: { readonly id: string };
}): Promise<void> {
  const { ctx, input } = call;
  await cancelPart(ctx, { id: input.id, caller: uploaderOf(ctx) });
}

async function authorise(ctx: Context, project: ProjectSlug): Promise<void> {
  const { actor } = ctx;
  if (actor.kind === 'token' && actor.project === project) return;
  const snapshot = actor.kind === 'build' ? (await acceptedPolicy(ctx))?.snapshot : undefined;
  if (actor.kind === 'build' && snapshot !== undefined && projectsOfBuild(snapshot, actor).includes(project))
    return;
  throw new RequestsError({
    code: 'NOT_ALLOWED',
    message: `Only the project ${project} may upload artifacts for it.`,
    fix: `Send the identity token of a build of ${project}, or one of its API tokens: Authorization: Bearer csn_…`,
  });
}

/** A run has a token of its own for each call, and may be tried again. Its numbers are those of who issues it. */
function uploaderOf({ actor }: Context): string {
  if (actor.kind === 'build') return `build:${actor.verified.issuer}/${actor.repositoryId}/${actor.run}`;
  if (actor.kind === 'token') return `token:${actor.tokenId}`;
  if (actor.kind !== 'public') return actorName(actor);
  throw new RequestsError({
    code: 'NOT_ALLOWED',
    message: 'Only who began an upload may ask about it.',
    fix: 'Send the API token that began it, or an identity token of the same run: Authorization: Bearer …',
  });
}
