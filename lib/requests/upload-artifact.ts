import type { Sha256Hex } from '../core/ids/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { RequestsError } from './error.ts';

/**
 * Streams an artifact into the store. Only who holds a project's token, or is on a project's team, may:
 * everything else about the bytes is decided when they are asked to be signed.
 */
export async function uploadArtifact(call: {
  readonly ctx: Context;
  readonly input: {
    readonly sha256: Sha256Hex;
    readonly stream: AsyncIterable<Uint8Array>;
    readonly sizeBytesExpected: number | null;
  };
}): Promise<{ readonly sizeBytes: number; readonly created: boolean }> {
  const { ctx, input } = call;
  const { actor } = ctx;
  const allowed = actor.kind === 'token' || (actor.kind === 'person' && actor.roles.projects.size > 0);
  if (!allowed) {
    throw new RequestsError({
      code: 'NOT_ALLOWED',
      message: 'Only a project may upload artifacts.',
      fix: "Send one of the project's API tokens: Authorization: Bearer csn_…",
    });
  }
  return ctx.store.put({
    stream: input.stream,
    expectedSha256: input.sha256,
    sizeBytesMax: ctx.config.upload.sizeBytesMax,
    sizeBytesExpected: input.sizeBytesExpected,
  });
}
